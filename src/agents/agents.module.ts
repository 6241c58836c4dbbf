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
import type { Config } from '../platform/config/config.js';
import { CONFIG } from '../platform/config/tokens.js';
import { SignedHttpClient } from '../platform/service-auth/signed-http-client.js';
import { Tracing } from '../platform/observability/tracing/tracing.js';
import { RemoteContainmentAgent } from './remote/remote-containment-agent.js';
import { RemoteService } from './remote/remote-service.js';
import { RemoteTriageAgent } from './remote/remote-triage-agent.js';
import { TracedContainmentAgent } from './traced-containment-agent.js';
import { TracedLearningAgent } from './traced-learning-agent.js';
import { TracedTriageAgent } from './traced-triage-agent.js';

/**
 * The seam between the agents: binds each agent port to the module that runs in this process, or to a client of the service that its URL names. Detection
 * is bound inside the pipeline's threads, where the events are.
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
        {
          provide: TriageAgent,
          inject: [LocalTriageAgent, SignedHttpClient, CONFIG, Tracing],
          useFactory: (local: LocalTriageAgent, client: SignedHttpClient, { agents }: Config, tracing: Tracing): TriageAgent => {
            const agent = agents.taaUrl === null ? local : new RemoteTriageAgent(new RemoteService(client, 'taa', agents.taaUrl));
            return new TracedTriageAgent(agent, tracing);
          },
        },
        {
          provide: ContainmentAgent,
          inject: [LocalContainmentAgent, SignedHttpClient, CONFIG, Tracing],
          useFactory: (local: LocalContainmentAgent, client: SignedHttpClient, { agents }: Config, tracing: Tracing): ContainmentAgent => {
            const agent = agents.craUrl === null ? local : new RemoteContainmentAgent(new RemoteService(client, 'cra', agents.craUrl));
            return new TracedContainmentAgent(agent, tracing);
          },
        },
        {
          provide: LearningAgent,
          inject: [LocalLearningAgent, Tracing],
          useFactory: (agent: LocalLearningAgent, tracing: Tracing) => new TracedLearningAgent(agent, tracing),
        },
      ],
      exports: [TriageAgent, ContainmentAgent, LearningAgent, incidents],
    };
  }
}
