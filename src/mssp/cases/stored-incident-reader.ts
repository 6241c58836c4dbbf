import { Injectable } from '@nestjs/common';
import { IncidentReader } from '../../contracts/incident-reader.js';
import type { Incident } from '../../contracts/incident.js';
import type { TenantId } from '../../contracts/tenant.js';
import { isCaseId } from './case-ids.js';
import { IncidentStore } from './domain/incident-store.js';

/** Incidents as the agents that act on them see them. */
@Injectable()
export class StoredIncidentReader extends IncidentReader {
  constructor(private readonly incidents: IncidentStore) {
    super();
  }

  async find(tenant: TenantId, incidentId: string): Promise<Incident | undefined> {
    return isCaseId(incidentId) ? this.incidents.find(tenant, incidentId) : undefined;
  }
}
