import { Module } from '@nestjs/common';
import { RuleCatalog } from '../contracts/rule-catalog.js';
import { LoadedRuleCatalog } from './loaded-rule-catalog.js';
import { RulesController } from './rules.controller.js';

/**
 * What of ADA lives in the main thread: the rules' HTTP surface over the catalogue, which whoever starts the worker threads fills with
 * `LoadedRuleCatalog.take`. Detection itself runs in those threads (`createLocalDetectionAgent`).
 */
@Module({
  controllers: [RulesController],
  providers: [
    { provide: LoadedRuleCatalog, useFactory: () => new LoadedRuleCatalog() },
    { provide: RuleCatalog, useExisting: LoadedRuleCatalog },
  ],
  exports: [LoadedRuleCatalog, RuleCatalog],
})
export class AdaModule {}
