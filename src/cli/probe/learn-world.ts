import { randomBytes, randomInt } from 'node:crypto';
import type { ApiOperation } from './api-operations.js';
import type { World } from './attempts-on.js';
import { filterValues, makeCanary } from './canary.js';
import type { Schema } from './example-body.js';
import { harvestIds, missingLike } from './known-ids.js';
import type { ProbeTenant } from './probe-tenant.js';
import type { Seed } from './seed-tenant.js';

/** A tenant with what was made in it. */
export interface Seeded {
  readonly tenant: ProbeTenant;
  readonly seed: Seed;
}

/** What attempts are made of: the seeds, and of whatever else the API lists the first item of each tenant. */
export async function learnWorld(
  operations: readonly ApiOperation[],
  schemas: Readonly<Record<string, Schema>>,
  owner: Seeded,
  stranger: Seeded,
): Promise<World> {
  const cursors = new Map<string, string>();
  const ofOwner = await harvested(operations, owner, cursors);
  const own = await harvested(operations, stranger, new Map());
  const words = filterValues(makeCanary(randomBytes(32)));
  const missing = new Map([...ofOwner].map(([name, value]) => [name, words.get(name) ?? missingLike(value, randomInt)]));
  return { owner: ofOwner, own, missing, seeded: new Set(owner.seed.values.keys()), cursors, schemas };
}

async function harvested(
  operations: readonly ApiOperation[],
  { tenant, seed }: Seeded,
  cursors: Map<string, string>,
): Promise<Map<string, string>> {
  const values = new Map(seed.values);
  for (const { path, method, isStream } of operations) {
    if (method !== 'GET' || isStream || /\{(?!tenant_id\})/.test(path)) continue;
    const concrete = `${path.replace('{tenant_id}', tenant.id)}?limit=1`;
    const answer = await tenant.as('tenant_admin').send({ method, path: concrete, headers: {}, body: undefined });
    if (answer.status !== 200 || !answer.headers['content-type']?.includes('json')) continue;
    const page = JSON.parse(answer.text) as { readonly next_cursor?: string | null };
    harvestIds(page, values);
    if (page.next_cursor) cursors.set(path, page.next_cursor);
  }
  return values;
}
