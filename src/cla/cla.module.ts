import { Module, type DynamicModule } from '@nestjs/common';
import { TenantDatabases } from '../platform/storage/tenant-databases.js';
import { SqliteFeedbackStore } from './adapters/sqlite-feedback-store.js';
import { FeedbackStore } from './domain/feedback-store.js';
import { FeedbackController } from './feedback.controller.js';
import { LocalLearningAgent } from './local-learning-agent.js';

/** CLA: what is learned from feedback. */
@Module({})
export class ClaModule {
  /** @param serves whether other services hand feedback to this process; what was learned can be read in any. */
  static forRoot(serves: boolean): DynamicModule {
    return {
      module: ClaModule,
      controllers: serves ? [FeedbackController] : [],
      providers: [
        {
          provide: FeedbackStore,
          inject: [TenantDatabases],
          useFactory: (databases: TenantDatabases) => new SqliteFeedbackStore(databases),
        },
        { provide: LocalLearningAgent, inject: [FeedbackStore], useFactory: (store: FeedbackStore) => new LocalLearningAgent(store) },
      ],
      exports: [LocalLearningAgent],
    };
  }
}
