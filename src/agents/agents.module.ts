import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { ClaModule } from '../cla/cla.module.js';
import { LocalLearningAgent } from '../cla/local-learning-agent.js';
import { ContainmentAgent } from '../contracts/containment-agent.js';
import { LearningAgent } from '../contracts/learning-agent.js';
import { TriageAgent } from '../contracts/triage-agent.js';
import { CraModule } from '../cra/cra.module.js';
import { LocalContainmentAgent } from '../cra/local-containment-agent.js';
import { LocalTriageAgent } from '../taa/local-triage-agent.js';
import { TaaModule } from '../taa/taa.module.js';

/**
 * The seam between the agents: binds each agent port to the module that runs in this process. Detection is bound inside the pipeline's
 * threads, where the events are.
 */
@Global()
@Module({})
export class AgentsModule {
  /** @param incidents the module that exports the `IncidentReader` that agents see incidents through. */
  static forRoot(incidents: Type): DynamicModule {
    return {
      module: AgentsModule,
      imports: [TaaModule, CraModule, ClaModule, incidents],
      providers: [
        { provide: TriageAgent, useExisting: LocalTriageAgent },
        { provide: ContainmentAgent, useExisting: LocalContainmentAgent },
        { provide: LearningAgent, useExisting: LocalLearningAgent },
      ],
      exports: [TriageAgent, ContainmentAgent, LearningAgent, incidents],
    };
  }
}
