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
import { Tracing } from '../platform/observability/tracing/tracing.js';
import { TracedContainmentAgent } from './traced-containment-agent.js';
import { TracedLearningAgent } from './traced-learning-agent.js';
import { TracedTriageAgent } from './traced-triage-agent.js';

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
        { provide: TriageAgent, inject: [LocalTriageAgent, Tracing], useFactory: traced(TracedTriageAgent) },
        { provide: ContainmentAgent, inject: [LocalContainmentAgent, Tracing], useFactory: traced(TracedContainmentAgent) },
        { provide: LearningAgent, inject: [LocalLearningAgent, Tracing], useFactory: traced(TracedLearningAgent) },
      ],
      exports: [TriageAgent, ContainmentAgent, LearningAgent, incidents],
    };
  }
}

function traced<Agent>(type: new (agent: Agent, tracing: Tracing) => Agent): (agent: Agent, tracing: Tracing) => Agent {
  return (agent, tracing) => new type(agent, tracing);
}
