import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SqlBacktestStore } from '../../ada/adapters/sql-backtest-store.js';
import { BacktestStore } from '../../ada/domain/backtest/backtest-store.js';
import { RuleTrials } from '../../ada/domain/backtest/rule-trials.js';
import { RuleFilterStore } from '../../ada/domain/rule-filter-store.js';
import { RuleBacktestHandler } from '../../ada/rule-backtest.handler.js';
import { RuleBacktestsController } from '../../ada/rule-backtests.controller.js';
import { RuleBacktestsService } from '../../ada/rule-backtests.service.js';
import { EventPipeline } from '../../mssp/ingest/domain/event-pipeline.js';
import { Clock } from '../../platform/clock/clock.js';
import { CiphersInHand } from '../../platform/encryption/ciphers-in-hand.js';
import { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { WorkRunner } from '../../platform/work-queue/work-runner.js';
import { PipelineModule } from '../pipeline/pipeline.module.js';
import { PipelineStoredEvents } from '../pipeline/pipeline-stored-events.js';
import { RuleSetInForce } from '../pipeline/rule-set.js';
import { TrialThread } from './trial-thread.js';

type HandlerInjections = [BacktestStore, EventPipeline, RuleTrials, RuleFilterStore, WorkRunner];

/** Back-tests of rules, where events are stored. */
@Module({
  imports: [PipelineModule],
  controllers: [RuleBacktestsController],
  providers: [
    {
      provide: BacktestStore,
      inject: [TenantDatabases, CiphersInHand, Clock],
      useFactory: (databases: TenantDatabases, ciphers: CiphersInHand, clock: Clock) => new SqlBacktestStore(databases, ciphers, clock),
    },
    { provide: TrialThread, inject: [RuleSetInForce], useFactory: (rules: RuleSetInForce) => new TrialThread(rules) },
    { provide: RuleTrials, useExisting: TrialThread },
    {
      provide: RuleBacktestsService,
      inject: [BacktestStore, RuleTrials, WorkRunner, Clock],
      useFactory: (store: BacktestStore, trials: RuleTrials, runner: WorkRunner, clock: Clock) =>
        new RuleBacktestsService(store, trials, runner, clock),
    },
    {
      provide: RuleBacktestHandler,
      inject: [BacktestStore, EventPipeline, RuleTrials, RuleFilterStore, WorkRunner],
      useFactory: (...[store, pipeline, trials, filters, runner]: HandlerInjections) => {
        const events = new PipelineStoredEvents(pipeline);
        const handler = new RuleBacktestHandler({
          store,
          events,
          trials,
          filters,
          elapsed: () => performance.now(),
          pause: (ms) => sleep(ms),
        });
        runner.register(handler);
        return handler;
      },
    },
  ],
})
export class BacktestModule implements OnApplicationShutdown {
  constructor(@Inject(TrialThread) private readonly thread: TrialThread) {}

  /** No back-test has its turn any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.thread.close();
  }
}
