import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppCluster } from './app-cluster.js';
import type { BuiltApp } from './built-app.js';
import { marksRule, SentBatches, sendBatch, TENANT, type Batch } from './sent-batches.js';
import { seeded } from './seeded.js';
import { raisedFor, storeFaults, triagedTwice, unsoundFiles, type StoreFaults } from './stored-events.js';

/** How often, and how, processes are killed. */
export interface KillPlan {
  readonly kills: number;
  readonly seed: number;
  /** Processes that share the data directory. */
  readonly processes: number;
  readonly senders?: number;
}

/** What was there after the last kill. */
export interface KillReport {
  readonly acknowledged: number;
  readonly faults: StoreFaults;
  /** Files that are not sound. */
  readonly unsound: readonly string[];
  /** Ids of the acknowledged events that the rule matches, and of those that alerts stand for. */
  readonly marked: readonly string[];
  readonly raised: readonly string[];
  readonly triagedTwice: readonly string[];
  /** How long each start took, in order of length, milliseconds. */
  readonly startsMs: readonly number[];
}

/** Kills processes at random moments while batches are sent, starts them again, and holds what is stored against what was acknowledged. */
export async function killCycles({ kills, seed, processes, senders = 4 }: KillPlan): Promise<KillReport> {
  const random = seeded(seed);
  const rules = marksRule();
  const sent = new SentBatches();
  const sendTo = (app: BuiltApp, batch: Batch): Promise<number | undefined> =>
    sendBatch({ baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') }, batch);
  const cluster = await AppCluster.start({ size: processes, env: { GATRA_RULES: rules } });
  const startsMs: number[] = [];
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      const senderLoops = Array.from({ length: senders }, async (_, sender) => {
        const app = cluster.app(sender % processes);
        let status: number | undefined;
        while ((status = await sendTo(app, sent.next(5 + Math.floor(random() * 25)))) === 202);
        if (status !== undefined && status !== 503) throw new Error(`a batch was answered ${status}`);
      });
      await wait(20 + random() * 300);
      for (const victim of cluster.apps) await victim.kill();
      await Promise.all(senderLoops);
      const begun = performance.now();
      await Promise.all(cluster.apps.map((_, at) => cluster.restart(at)));
      startsMs.push(performance.now() - begun);
      for (const batch of sent.unanswered) {
        const status = await sendTo(cluster.app(Math.floor(random() * processes)), batch);
        if (status !== 202) throw new Error(`a batch sent again was answered ${status}`);
      }
    }
    const faults = await storeFaults(cluster.app(0), sent);
    await cluster.stop({ keep: true });
    return {
      acknowledged: sent.acknowledged.size,
      faults,
      unsound: unsoundFiles(cluster.dataDir, databaseFiles(cluster.dataDir)),
      marked: [...sent.marked].sort(),
      raised: raisedFor(cluster.dataDir),
      triagedTwice: triagedTwice(cluster.dataDir),
      startsMs: startsMs.sort((a, b) => a - b),
    };
  } finally {
    for (const app of cluster.apps) await app.kill();
    for (const directory of [rules, cluster.dataDir]) rmSync(directory, { recursive: true, force: true });
  }
}

/** Paths of all databases in a data directory. */
export function databaseFiles(dataDir: string): string[] {
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.db'))
    .map((name) => join(dataDir, name));
}
