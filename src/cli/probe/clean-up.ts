import type { ProbeTenant } from './probe-tenant.js';
import type { Seed } from './seed-tenant.js';

/** Takes back what the probe made, as far as the API lets; answers what could not be taken back. Events and audit records stay by design. */
export async function cleanUp(tenant: ProbeTenant, { values, hasFilter }: Seed): Promise<readonly string[]> {
  const id = (name: string): string => values.get(name) ?? '';
  const left: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => left.push(`${tenant.id}: ${what}: ${error instanceof Error ? error.message : String(error)}`));
  };
  const reason = { reason: 'The isolation probe is over' };
  const comments = { comments: 'The isolation probe is over' };
  await attempt('the block', () => tenant.as('responder').json('POST', `/api/v1/containment/actions/${id('action_id')}/revert`, reason));
  await attempt('approvals', async () => {
    const responder = tenant.as('responder');
    const actions = await responder.json(
      'GET',
      `/api/v1/containment/actions?status=pending_approval&limit=500&incident_id=${id('incident_id')}`,
    );
    for (const { approval_id: approval } of actions['items'] as Readonly<Record<string, unknown>>[])
      await responder.json('POST', `/api/v1/approvals/${String(approval)}/reject`, comments);
  });
  await attempt('the indicator', () =>
    tenant.as('analyst').json('DELETE', `/api/v1/intel/indicators/${encodeURIComponent(id('indicator_id'))}`),
  );
  if (hasFilter) await attempt('the rule filter', () => tenant.as('analyst').json('DELETE', '/api/v1/rule-filters'));
  await attempt('the back-test', () => tenant.as('analyst').json('DELETE', `/api/v1/rule-backtests/${id('backtest_id')}`));
  await attempt('the comparison', () => tenant.as('analyst').json('DELETE', `/api/v1/retro-matches/${id('retro_id')}`));
  await attempt('the key', () => tenant.as('tenant_admin').json('DELETE', `/api/v1/tenants/${tenant.id}/api-keys/${id('key_id')}`));
  for (const kind of ['alert', 'incident']) {
    await attempt(`the ${kind}`, async () => {
      const path = `/api/v1/${kind}s/${id(`${kind}_id`)}`;
      const { version } = await tenant.as('analyst').json('GET', path);
      await tenant.as('analyst').json('PATCH', path, { status: 'closed', version });
    });
  }
  return left;
}
