import type { ProbeTenant } from '../../../src/cli/probe/probe-tenant.js';

type Counts = Readonly<Record<string, number>>;
interface Ruled {
  readonly rule: { readonly id: string };
  readonly alerts: number;
}

/** What scorecards and the layer of ATT&CK tell a tenant is what its own alerts add up to. */
export async function scorecardsAcross(tenants: readonly ProbeTenant[]): Promise<readonly string[]> {
  const faults: string[] = [];
  const raised: string[] = [];
  for (const tenant of tenants) {
    const own = await alertsByRule(tenant);
    raised.push(JSON.stringify(own));
    const told = { list: await listed(tenant), cards: await cards(tenant, Object.keys(own)) };
    for (const [where, counts] of Object.entries(told))
      if (JSON.stringify(counts) !== JSON.stringify(own)) faults.push(`${tenant.id} is told of other alerts than its own in its ${where}`);
    if ((await layered(tenant)) !== (await techniquesOf(tenant, own))) faults.push(`${tenant.id} is told of others' techniques`);
  }
  if (new Set(raised).size < tenants.length) faults.push('the tenants have the same alerts, so that scorecards prove nothing');
  return faults;
}

async function alertsByRule(tenant: ProbeTenant): Promise<Counts> {
  const counts: Record<string, number> = {};
  for (let cursor: string | null = ''; cursor !== null;) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await tenant.as('viewer').json('GET', `/api/v1/alerts?detector=sigma&detector=statistical&limit=500${more}`);
    for (const { rule } of page['items'] as readonly Ruled[]) counts[rule.id] = (counts[rule.id] ?? 0) + 1;
    cursor = page['next_cursor'] as string | null;
  }
  return inOrder(counts);
}

async function listed(tenant: ProbeTenant): Promise<Counts> {
  const { items } = await tenant.as('viewer').json('GET', '/api/v1/rule-scorecards?sort=-alerts&limit=500');
  const seen = (items as readonly Ruled[]).filter(({ alerts }) => alerts > 0);
  return inOrder(Object.fromEntries(seen.map(({ rule, alerts }) => [rule.id, alerts])));
}

async function cards(tenant: ProbeTenant, rules: readonly string[]): Promise<Counts> {
  const counts: Record<string, number> = {};
  for (const id of rules) {
    const { alerts } = await tenant.as('viewer').json('GET', `/api/v1/rules/${encodeURIComponent(id)}/scorecard`);
    counts[id] = Number(alerts);
  }
  return inOrder(counts);
}

async function layered(tenant: ProbeTenant): Promise<string> {
  const { techniques } = await tenant.as('viewer').json('GET', '/api/v1/coverage/attack-layer?by=seen');
  const seen = (techniques as readonly { techniqueID: string; score: number }[]).filter(({ score }) => score > 0);
  return JSON.stringify(inOrder(Object.fromEntries(seen.map(({ techniqueID, score }) => [techniqueID, score]))));
}

async function techniquesOf(tenant: ProbeTenant, own: Counts): Promise<string> {
  const counts: Record<string, number> = {};
  for (const [id, alerts] of Object.entries(own)) {
    const { techniques } = await tenant.as('viewer').json('GET', `/api/v1/rules/${encodeURIComponent(id)}`);
    for (const technique of new Set(techniques as readonly string[])) counts[technique] = (counts[technique] ?? 0) + alerts;
  }
  return JSON.stringify(inOrder(counts));
}

function inOrder(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1)));
}
