import { Module } from '@nestjs/common';
import { RuleCatalog } from '../contracts/rule-catalog.js';
import type { Config } from '../platform/config/config.js';
import { CONFIG } from '../platform/config/tokens.js';
import { AttackBundleFile } from './adapters/attack-bundle-file.js';
import { CoverageController } from './coverage.controller.js';
import { AttackSource } from './domain/attack/attack-source.js';
import { LoadedRuleCatalog } from './loaded-rule-catalog.js';
import { RuleCosts } from './rule-costs.js';
import { RuleHistory } from './rule-history.js';
import { RulesController } from './rules.controller.js';
import { ScorecardsController } from './scorecards.controller.js';

/**
 * What of ADA lives in the main thread: the rules' HTTP surface over the catalogue, which whoever starts the worker threads fills with
 * `LoadedRuleCatalog.take`, as it tells `RuleCosts` how to measure them. What became of alerts it asks a `RuleAlertReader`, which the agents' module has.
 * Detection itself runs in those threads (`createLocalDetectionAgent`).
 */
@Module({
  controllers: [CoverageController, RulesController, ScorecardsController],
  providers: [
    { provide: LoadedRuleCatalog, useFactory: () => new LoadedRuleCatalog() },
    { provide: RuleCatalog, useExisting: LoadedRuleCatalog },
    RuleCosts,
    RuleHistory,
    { provide: AttackSource, inject: [CONFIG], useFactory: ({ attack }: Config) => new AttackBundleFile(attack.bundleFile) },
  ],
  exports: [LoadedRuleCatalog, RuleCatalog, RuleCosts],
})
export class AdaModule {}
