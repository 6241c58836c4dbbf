import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Canary, makeCanary } from '../../../src/cli/probe/canary.js';
import type { ProbeTenant } from '../../../src/cli/probe/probe-tenant.js';
import { hold, pointsOf } from './indicators-across.js';

/** An address that one tenant's own list says is no sign of anything. */
export class AllowedAddress {
  readonly canary = makeCanary(randomBytes(32));
  private readonly directory = mkdtempSync(join(tmpdir(), 'gatra-allowed-'));

  constructor(private readonly tenant: string) {
    writeFileSync(join(this.directory, 'list.txt'), `${this.canary.ip}\n`);
  }

  /** As `INTEL_ALLOW_LISTS` names it. */
  get list(): string {
    return `${this.tenant}=${join(this.directory, 'list.txt')}`;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** What one tenant's list allows bears on the verdicts of others as ever, and they are not told that it is allowed. */
export async function allowedAcross({ canary }: AllowedAddress, other: ProbeTenant): Promise<readonly string[]> {
  await hold(other, canary);
  const faults: string[] = [];
  if ((await pointsOf(other, canary)) === 0) faults.push(`an indicator of ${other.id} does not count, as another tenant's list allows it`);
  if (await isShownAllowed(other, canary)) faults.push(`an indicator of ${other.id} is shown as another tenant's list has it`);
  return faults;
}

async function isShownAllowed(tenant: ProbeTenant, { ip }: Canary): Promise<boolean> {
  const { items } = await tenant.as('analyst').json('GET', '/api/v1/intel/indicators?limit=500');
  const held = items as { values: readonly { value: string }[]; allow_listed: boolean }[];
  const found = held.find(({ values }) => values.some(({ value }) => value === ip));
  if (!found) throw new Error(`${tenant.id} has no indicator of ${ip}`);
  return found.allow_listed;
}
