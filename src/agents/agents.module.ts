import { Global, Module, type Abstract, type DynamicModule, type Provider, type Type } from '@nestjs/common';
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
import type { ServiceName } from '../platform/service-auth/service-name.js';
import { SignedHttpClient } from '../platform/service-auth/signed-http-client.js';
import { Tracing } from '../platform/observability/tracing/tracing.js';
import { RemoteContainmentAgent } from './remote/remote-containment-agent.js';
import { RemoteLearningAgent } from './remote/remote-learning-agent.js';
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
  /** @param incidents the module that exports where cases are kept, and the `IncidentReader` that agents see incidents through. */
  static forRoot({ roles, agents }: Pick<Config, 'roles' | 'agents'>, incidents: Type): DynamicModule {
    const bound = [learning(agents.claUrl)];
    if (agents.taaUrl !== null || roles.includes('taa')) bound.push(bind(TRIAGE, agents.taaUrl));
    if (agents.craUrl !== null || roles.includes('cra')) bound.push(bind(CONTAINMENT, agents.craUrl));
    // Indicators are compared with events where detection is, and with alerts where triage is.
    const triage = roles.includes('taa') || roles.includes('ada') ? [TaaModule.forRoot(roles.includes('taa'))] : [];
    return {
      module: AgentsModule,
      imports: [ClaModule.forRoot(roles.includes('cla')), ...triage, ...(roles.includes('cra') ? [CraModule] : []), incidents],
      providers: bound,
      exports: [...bound.map(({ provide }) => provide), incidents, ...triage],
    };
  }
}

type Binding = Exclude<Provider, Type>;

/** An agent's port, and what can stand behind it. */
interface Seam<Port> {
  readonly port: Abstract<Port>;
  readonly local: Type<Port>;
  readonly service: ServiceName;
  readonly remote: new (service: RemoteService) => Port;
  readonly traced: new (agent: Port, tracing: Tracing) => Port;
}

const TRIAGE: Seam<TriageAgent> = {
  port: TriageAgent,
  local: LocalTriageAgent,
  service: 'taa',
  remote: RemoteTriageAgent,
  traced: TracedTriageAgent,
};
const CONTAINMENT: Seam<ContainmentAgent> = {
  port: ContainmentAgent,
  local: LocalContainmentAgent,
  service: 'cra',
  remote: RemoteContainmentAgent,
  traced: TracedContainmentAgent,
};

/** Binds a port to the module of this process, or to the service at `url`. */
function bind<Port>({ port, local, service, remote: Remote, traced: Traced }: Seam<Port>, url: string | null): Binding {
  if (url === null)
    return { provide: port, inject: [local, Tracing], useFactory: (agent: Port, tracing: Tracing) => new Traced(agent, tracing) };
  return {
    provide: port,
    inject: [SignedHttpClient, Tracing],
    useFactory: (client: SignedHttpClient, tracing: Tracing) => new Traced(new Remote(new RemoteService(client, service, url)), tracing),
  };
}

/** What was learned is read in this process wherever it is learned. */
function learning(url: string | null): Binding {
  return {
    provide: LearningAgent,
    inject: [LocalLearningAgent, SignedHttpClient, Tracing],
    useFactory: (local: LocalLearningAgent, client: SignedHttpClient, tracing: Tracing) =>
      new TracedLearningAgent(url === null ? local : new RemoteLearningAgent(new RemoteService(client, 'cla', url), local), tracing),
  };
}
