import { randomBytes, randomInt } from 'node:crypto';
import type { ApiOperation } from './api-operations.js';
import { filterValues, makeCanary } from './canary.js';
import { harvestIds, missingLike, type KnownIds } from './known-ids.js';
import type { ProbeTenant } from './probe-tenant.js';
import type { Seed } from './seed-tenant.js';

/** What is known of a tenant: its seed, and of whatever else the API lists the first item. */
export interface Harvest {
  readonly values: KnownIds;
  /** `next_cursor` of its lists, by path. */
  readonly cursors: KnownIds;
}

/** Reads a tenant's lists. */
export async function harvest(operations: readonly ApiOperation[], tenant: ProbeTenant, seed: Seed): Promise<Harvest> {
  const values = new Map(seed.values);
  const cursors = new Map<string, string>();
  for (const { path, method, isStream } of operations) {
    if (method !== 'GET' || isStream || /\{(?!tenant_id\})/.test(path)) continue;
    const concrete = `${path.replace('{tenant_id}', tenant.id)}?limit=1`;
    const answer = await tenant.as('tenant_admin').send({ method, path: concrete, headers: {}, body: undefined });
    if (answer.status !== 200 || !answer.headers['content-type']?.includes('json')) continue;
    const page = JSON.parse(answer.text) as { readonly next_cursor?: string | null };
    harvestIds(page, values);
    if (page.next_cursor) cursors.set(path, page.next_cursor);
  }
  return { values, cursors };
}

/** For each value of the owner one of the same form that names nothing. */
export function missingFor(values: KnownIds): KnownIds {
  const words = filterValues(makeCanary(randomBytes(32)));
  return new Map([...values].map(([name, value]) => [name, words.get(name) ?? missingLike(value, randomInt)]));
}
