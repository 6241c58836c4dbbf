import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeUnless } from './describe-unless.js';

const MIB = 1024 * 1024;

/** Describes tests that need a disk of their own, where one may be mounted. */
export function describeWithDisk(title: string, suite: () => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]).status === 0;
  if (mounted) spawnSync('umount', [directory]);
  rmSync(directory, { recursive: true });
  describeUnless(mounted ? undefined : 'a disk may not be mounted', title, suite);
}

/** A small disk in memory, mounted on a directory of its own. */
export class SmallDisk {
  readonly path = mkdtempSync(join(tmpdir(), 'gatra-disk-'));

  constructor(mebibytes: number) {
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', this.path], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`no disk: ${stderr}`);
  }

  get free(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Lets somebody else's file take all but so many bytes. */
  fillTo(left: number): void {
    writeFileSync(join(this.path, 'ballast'), Buffer.alloc(Math.max(0, this.free - left)));
  }

  /** Takes that file away. */
  clear(): void {
    rmSync(join(this.path, 'ballast'), { force: true });
  }

  remove(): void {
    spawnSync('umount', ['-l', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A request of events that do not compress. */
export function bulkyLines(events: number, bytes: number): string {
  return Array.from({ length: events }, () => JSON.stringify({ host: 'ws-1', message: randomBytes(bytes / 2).toString('hex') })).join('\n');
}

/** What came of sending for a while. */
export interface FloodReport {
  readonly statuses: Readonly<Record<string, number>>;
  /** Refusals without `Retry-After`. */
  readonly withoutRetryAfter: number;
  /** Ids of the batches that were acknowledged. */
  readonly acknowledged: readonly string[];
}

/** Sends one request after another until `isOver`, pausing after each refusal. */
export async function flood(baseUrl: string, apiKey: string, isOver: (status: number) => boolean): Promise<FloodReport> {
  const statuses: Record<string, number> = {};
  const acknowledged: string[] = [];
  let withoutRetryAfter = 0;
  for (let status = 0; !isOver(status);) {
    const headers = { 'X-API-Key': apiKey, 'Content-Type': 'application/x-ndjson' };
    const answer = await fetch(`${baseUrl}/api/v1/events`, { method: 'POST', headers, body: bulkyLines(64, MIB / 128) });
    status = answer.status;
    statuses[status] = (statuses[status] ?? 0) + 1;
    const body = (await answer.json()) as { batch_id: string };
    if (status === 202) acknowledged.push(body.batch_id);
    else {
      if (!answer.headers.has('retry-after')) withoutRetryAfter += 1;
      await sleep(20);
    }
  }
  return { statuses, withoutRetryAfter, acknowledged };
}
