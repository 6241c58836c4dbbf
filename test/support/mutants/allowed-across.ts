import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCanary } from '../../../src/cli/probe/canary.js';
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

/** What one tenant's list allows bears on the verdicts of others as ever. */
export async function allowedAcross({ canary }: AllowedAddress, other: ProbeTenant): Promise<readonly string[]> {
  await hold(other, canary);
  return (await pointsOf(other, canary)) === 0 ? [`an indicator of ${other.id} does not count, as another tenant's list allows it`] : [];
}
