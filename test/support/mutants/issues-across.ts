import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProbeTenant } from '../../../src/cli/probe/probe-tenant.js';

const titleFor = (tenant: string): string => `nothing that ${tenant} wrote`;

/** A directory of filters in which each of the tenants has one that cannot be put in force. */
export class FaultyFilters {
  readonly directory = mkdtempSync(join(tmpdir(), 'gatra-filters-'));

  constructor(tenants: readonly string[]) {
    for (const tenant of tenants) {
      mkdirSync(join(this.directory, tenant));
      writeFileSync(join(this.directory, tenant, 'faulty.yml'), `title: ${titleFor(tenant)}\nfilter: {}\n`);
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** What is wrong with a tenant's own rules is told to that tenant, and to no other. */
export async function issuesAcross(tenants: readonly ProbeTenant[]): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const tenant of tenants) {
    const issues = JSON.stringify(await tenant.as('viewer').json('GET', '/api/v1/rule-issues?limit=500'));
    const told = tenants.filter(({ id }) => issues.includes(titleFor(id)));
    if (told.length !== 1 || told[0] !== tenant)
      faults.push(`${tenant.id} is told what is wrong in rules of ${told.map(({ id }) => id).join() || 'nobody'}`);
  }
  return faults;
}
