import type { ClsStore } from 'nestjs-cls';
import type { TenantId } from '../../contracts/tenant.js';
import type { Deadline } from '../resilience/deadline.js';
import type { Principal } from '../auth/principal.js';

/** What is known of the request being served, readable anywhere in its call tree. Set at the door, never from a body. */
export interface RequestContext extends ClsStore {
  correlationId: string;
  sourceIp: string;
  principal?: Principal;
  tenant?: TenantId;
  /** When the service that calls waits no longer. */
  deadline?: Deadline | undefined;
}
