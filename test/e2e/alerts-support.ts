import type { Detection } from '../../src/contracts/detection.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { AlertIntake } from '../../src/mssp/ingest/domain/alert-intake.js';
import { WorkRunner } from '../../src/platform/work-queue/work-runner.js';
import type { RunningApp } from '../support/running-app.js';

/** Raises alerts as ingest does, and waits until they are judged and grouped. */
export async function raiseAndTriage(app: RunningApp, tenant: string, batchId: string, detections: readonly Detection[]): Promise<number> {
  const batch = { batch_id: batchId, received_at: new Date().toISOString(), correlation_id: `req-${batchId}` };
  const raised = await app.app.get(AlertIntake, { strict: false }).raise(toTenantId(tenant), batch, detections);
  await settled(app, tenant);
  return raised;
}

/** Waits until nothing of the tenant's queued work is due. */
export async function settled(app: RunningApp, tenant: string): Promise<void> {
  await app.app.get(WorkRunner, { strict: false }).idle(toTenantId(tenant));
}

/** A caller of the API with one token. */
export async function callerOf(app: RunningApp, tenant: string, role: string) {
  const token = await app.token(tenant, role);
  const as = (request: ReturnType<RunningApp['http']['get']>) => request.set('Authorization', `Bearer ${token}`);
  return {
    get: (path: string) => as(app.http.get(path)),
    patch: (path: string, body: object) => as(app.http.patch(path)).send(body),
    post: (path: string, body: object) => as(app.http.post(path)).send(body),
  };
}
