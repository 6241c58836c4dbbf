import { ArrayMaxSize, IsArray, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { ContainmentAgent } from '../../contracts/containment-agent.js';
import type { ContainmentAction, ContainmentPlan } from '../../contracts/containment.js';
import type { Incident } from '../../contracts/incident.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { RemoteService } from './remote-service.js';

const MOST_ACTIONS = 10_000;

/** A plan as CRA answers it. Its actions are CRA's own, and shown to nobody from here. */
class PlanAnswer implements ContainmentPlan {
  @IsString()
  @MaxLength(64)
  incident_id: string;

  @IsOptional()
  @IsString()
  @MaxLength(256)
  playbook: string | null;

  @IsArray()
  @ArrayMaxSize(MOST_ACTIONS)
  @IsObject({ each: true })
  actions: ContainmentAction[];

  @IsArray()
  @ArrayMaxSize(MOST_ACTIONS)
  @IsObject({ each: true })
  covered: ContainmentAction[];
}

/** CRA as a service of its own, at `CRA_URL`. What is known of an incident it takes from where incidents are kept. */
export class RemoteContainmentAgent extends ContainmentAgent {
  constructor(private readonly service: RemoteService) {
    super();
  }

  respond(tenant: TenantId, { incident_id, correlation_id }: Incident): Promise<ContainmentPlan> {
    return this.service.ask({ tenant, correlationId: correlation_id, path: 'api/v1/contain', body: { incident_id } }, PlanAnswer);
  }
}
