import { v5 as uuidv5 } from 'uuid';
import type { TenantId } from '../../contracts/tenant.js';

const ALERTS = '5c1f7bd2-3f0e-5a52-9d3c-0b8f8a4f6e11';
const STORMS = '9e0a3a5e-8d5c-5b0b-8d0e-4b7c5f4d2a77';
const INCIDENTS = '2b6d6c1a-71c4-5e0f-a7a1-6a9d1f0c3e58';

/** Id (UUID v5) of the alert that a rule's match in one event becomes. */
export function alertIdOf(tenant: TenantId, ruleId: string, batchId: string, eventIndex: number): string {
  return uuidv5(JSON.stringify([tenant, ruleId, batchId, eventIndex]), ALERTS);
}

/** Id (UUID v5) of the alert that a rule's matches beyond the limit of a minute of arrival are folded into. */
export function stormIdOf(tenant: TenantId, ruleId: string, minute: number): string {
  return uuidv5(JSON.stringify([tenant, ruleId, minute]), STORMS);
}

/** Id (UUID v5) of the incident that an alert opens. */
export function incidentIdOf(tenant: TenantId, alertId: string): string {
  return uuidv5(JSON.stringify([tenant, alertId]), INCIDENTS);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Tells whether a path parameter can be the id of an alert or an incident at all. */
export function isCaseId(value: string): boolean {
  return UUID.test(value);
}
