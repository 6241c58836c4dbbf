import { Injectable } from '@nestjs/common';
import type { Incident } from '../../contracts/incident.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { TenantCaller } from '../../platform/auth/caller.decorator.js';
import { Clock } from '../../platform/clock/clock.js';
import { toPage, type Page } from '../../platform/http/page.js';
import { positionIn, sortOf } from '../../platform/http/sort.js';
import { timeBounds } from '../../platform/http/time-bounds.js';
import { invalid, notFound, Problem, staleVersion } from '../../platform/problems/problem.js';
import { WorkRunner } from '../../platform/work-queue/work-runner.js';
import { stampOf } from './caller-stamp.js';
import { isCaseId } from './case-ids.js';
import { nextIncidentStatuses } from './domain/incident-status.js';
import { incidentPosition, IncidentStore } from './domain/incident-store.js';
import type { MergeIncidentsBody, UpdateIncidentBody } from './incident-change.dto.js';
import type { IncidentListQuery } from './incident-list.dto.js';

/** What people do with incidents. */
@Injectable()
export class IncidentsService {
  constructor(
    private readonly incidents: IncidentStore,
    private readonly runner: WorkRunner,
    private readonly clock: Clock,
  ) {}

  async list(tenant: TenantId, query: IncidentListQuery): Promise<Page<Incident>> {
    const { cursor, limit, from, to, sort: sortedBy, ...filters } = query;
    const sort = sortOf(sortedBy);
    const after = cursor === undefined ? {} : { after: positionIn(cursor, sort.by) };
    const incidents = await this.incidents.list(tenant, { ...filters, ...timeBounds(from, to), ...after, sort, limit });
    return toPage(incidents, limit, (incident) => incidentPosition(incident, sort));
  }

  /** @throws Problem 404 */
  async get(tenant: TenantId, incidentId: string): Promise<Incident> {
    const incident = isCaseId(incidentId) ? await this.incidents.find(tenant, incidentId) : undefined;
    if (!incident) throw notFound();
    return incident;
  }

  /** @throws Problem 404, 409 where the version is stale, 422 where the status cannot follow or no version is given. */
  async update(caller: TenantCaller, incidentId: string, body: UpdateIncidentBody, version: number | undefined): Promise<Incident> {
    const incident = await this.current(caller.tenant, incidentId, version);
    const { status = incident.status, assignee = incident.assignee } = body;
    if (incident.status === 'merged') throw merged(incident);
    if (status !== incident.status && !nextIncidentStatuses(incident.status).includes(status)) {
      const detail = `from ${incident.status} the status can become ${nextIncidentStatuses(incident.status).join(' or ')}`;
      throw invalid([{ pointer: '/status', code: 'illegal_transition', detail }]);
    }
    if (status === incident.status && assignee === incident.assignee) return incident;
    const changed = await this.incidents.update(caller.tenant, incident, { status, assignee }, stampOf(caller, this.clock.now()));
    if (!changed) throw staleVersion((await this.get(caller.tenant, incidentId)).version);
    return changed;
  }

  /** @throws Problem 404 where one of them is not there, 409 where one was merged already or has changed, 422 for itself. */
  async merge(caller: TenantCaller, incidentId: string, body: MergeIncidentsBody, version: number | undefined): Promise<Incident> {
    const into = await this.current(caller.tenant, incidentId, version);
    const others: Incident[] = [];
    for (const id of body.incident_ids) others.push(await this.get(caller.tenant, id));
    if (body.incident_ids.includes(incidentId)) {
      throw invalid([{ pointer: '/incident_ids', code: 'itself', detail: 'an incident cannot be merged into itself' }]);
    }
    const gone = [into, ...others].find((incident) => incident.status === 'merged');
    if (gone) throw merged(gone);
    const result = await this.incidents.merge(caller.tenant, into, others, stampOf(caller, this.clock.now()));
    if (!result) throw staleVersion((await this.get(caller.tenant, incidentId)).version);
    this.runner.wake(caller.tenant);
    return result;
  }

  private async current(tenant: TenantId, incidentId: string, version: number | undefined): Promise<Incident> {
    const incident = await this.get(tenant, incidentId);
    if (version === undefined) throw invalid([{ pointer: '/version', code: 'required', detail: 'the version read, here or in If-Match' }]);
    if (version !== incident.version) throw staleVersion(incident.version);
    return incident;
  }
}

function merged(incident: Incident): Problem {
  return new Problem('conflict', 'The incident was merged; go on with the one that it was merged into.', {
    members: { incident_id: incident.incident_id, merged_into: incident.merged_into },
  });
}
