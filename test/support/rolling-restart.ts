import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { Agent, request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { toTenantId } from '../../src/contracts/tenant.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { AppCluster } from './app-cluster.js';
import { Balancer } from './balancer.js';
import { eventually } from './eventually.js';
import { underLoad } from './steady-load.js';

const TENANT = toTenantId('acme-corp');
const RATE = 500;
const GRACE_SECONDS = 20;
/** Longer than the balancer takes to see that an instance is not ready, and to have its answer. */
const DELAY_SECONDS = 2;
const EVENTS = 5;
const SLOW_PARTS = 10;
const SLOW_PART_MS = 500;

/** What a rolling restart came to. */
export interface RollingRestart {
  readonly sent: number;
  readonly perSecond: number;
  readonly failures: readonly string[];
  readonly slowUploads: number;
  readonly acknowledged: number;
  readonly stored: number;
  readonly remainder: number;
  readonly exits: readonly { readonly code: number | null; readonly seconds: number }[];
  /** Work that is neither done nor dead when all is over. */
  readonly unfinishedWork: number;
}

/**
 * Replaces three instances behind a balancer one after the other, `rounds` times over, while clients with kept connections go on at 500 requests a second: reads,
 * events, and uploads that take 5 s. Nothing is sent twice by anybody.
 */
export async function rollingRestart(rounds: number): Promise<RollingRestart> {
  const env = {
    SHUTDOWN_DELAY_SECONDS: String(DELAY_SECONDS),
    SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS),
  };
  const cluster = await AppCluster.start({ env });
  const balancer = await Balancer.start();
  const clients = new Agent({ keepAlive: true, maxSockets: 256 });
  const exits: { code: number | null; seconds: number }[] = [];
  try {
    for (const url of cluster.baseUrls) balancer.add(url);
    await balancer.look();
    const collector = cluster.app(0).apiKey(TENANT, 'collector');
    const bearer = `Bearer ${await cluster.app(0).token(TENANT, 'analyst')}`;
    const ends: Promise<void>[] = [];
    let acknowledged = 0;
    let slowUploads = 0;

    const ask = (
      path: string,
      method: string,
      headers: OutgoingHttpHeaders,
      write: (send: (part: string) => void) => void | Promise<void>,
    ) =>
      new Promise<{ status: number; body: string }>((resolve, reject) => {
        const asked = request(`${balancer.baseUrl}${path}`, { method, agent: clients, headers }, (answer: IncomingMessage) => {
          text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
        });
        asked.once('error', reject);
        void Promise.resolve(write((part) => asked.write(part))).then(() => asked.end());
      });
    const ingest = async (parts: readonly string[], pauseMs: number): Promise<string | undefined> => {
      const headers = { 'X-API-Key': collector, 'Content-Type': 'application/x-ndjson' };
      const answer = await ask('/api/v1/events?source=generic', 'POST', headers, async (send) => {
        for (const part of parts) {
          send(part);
          if (pauseMs > 0) await sleep(pauseMs);
        }
      });
      const { accepted = 0, inspected = false } = answer.status === 202 ? (JSON.parse(answer.body) as Record<string, never>) : {};
      acknowledged += accepted;
      return accepted === parts.length && inspected ? undefined : `events: ${answer.status} ${answer.body.slice(0, 200)}`;
    };
    const eventLines = (count: number): string[] => Array.from({ length: count }, () => `{"message":"${randomUUID()}","host":"ws-1"}\n`);
    const look = async (): Promise<string | undefined> => {
      const { status, body } = await ask('/api/v1/rate-limit/status', 'GET', { Authorization: bearer }, () => undefined);
      return status === 200 ? undefined : `read: ${status} ${body.slice(0, 200)}`;
    };
    let turn = 0;
    const send = (): Promise<string | undefined> => {
      turn += 1;
      if (turn % RATE === 0) {
        slowUploads += 1;
        return ingest(eventLines(SLOW_PARTS), SLOW_PART_MS);
      }
      return turn % 10 === 0 ? ingest(eventLines(EVENTS), 0) : look();
    };

    const replace = async (instance: number): Promise<void> => {
      const old = cluster.app(instance);
      const fresh = await cluster.restart(instance);
      balancer.add(fresh.baseUrl);
      await eventually(() => {
        if (!balancer.isReady(fresh.baseUrl)) throw new Error('not ready yet');
      }, 30_000);
      const begun = performance.now();
      ends.push(
        old.stop({ keep: true }).then((code) => {
          exits.push({ code, seconds: (performance.now() - begun) / 1_000 });
          balancer.remove(old.baseUrl);
        }),
      );
    };
    const load = await underLoad(RATE, send, async () => {
      await sleep(500);
      for (let step = 0; step < rounds * 3; step += 1) await replace(step % 3);
      await Promise.all(ends);
    });

    const accounting = await fetch(`${cluster.app(0).baseUrl}/api/v1/accounting`, { headers: { Authorization: bearer } });
    const { remainder, hours } = (await accounting.json()) as { remainder: number; hours: { stored: number }[] };
    const stored = hours.reduce((sum, hour) => sum + hour.stored, 0);
    const unfinishedWork = await unfinished(cluster.dataDir);
    return { ...load, slowUploads, acknowledged, stored, remainder, exits, unfinishedWork };
  } finally {
    clients.destroy();
    await balancer.stop();
    await cluster.stop({ keep: true });
    rmSync(cluster.dataDir, { recursive: true, force: true });
  }
}

async function unfinished(dataDir: string): Promise<number> {
  const db = new DatabaseSync(join(tenantDirectoryPath(dataDir, TENANT), 'cases.db'), { readOnly: true, timeout: 5_000 });
  const count = (): number =>
    Number(db.prepare("SELECT count(*) AS items FROM work_item WHERE state NOT IN ('done', 'dead')").get()?.['items']);
  try {
    await eventually(() => {
      if (count() > 0) throw new Error('work is left');
    }).catch(() => undefined);
    return count();
  } finally {
    db.close();
  }
}
