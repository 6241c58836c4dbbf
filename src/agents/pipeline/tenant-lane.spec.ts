import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { DetectionAgent } from '../../contracts/detection-agent.js';
import type { Detection } from '../../contracts/detection.js';
import type { EventBatch } from '../../contracts/security-event.js';
import { toTenantId } from '../../contracts/tenant.js';
import { splitLines } from '../../events/split-lines.js';
import { FileIngestLocks } from '../../mssp/ingest/adapters/file-ingest-locks.js';
import { SqliteEventStore } from '../../mssp/ingest/adapters/sqlite-event-store.js';
import { BatchProcessor } from '../../mssp/ingest/domain/batch-processor.js';
import type { EventBatchRequest } from '../../mssp/ingest/domain/event-batch-request.js';
import type { PendingDetections } from '../../mssp/ingest/domain/event-store.js';
import { TenantRecovery } from '../../mssp/ingest/domain/tenant-recovery.js';
import { textReader } from './event-texts.js';
import { LateInspection } from './late-inspection.js';
import { TenantLanes } from './tenant-lanes.js';

const TENANT = toTenantId('acme-corp');
const NOON = Date.parse('2026-03-10T12:00:00Z');

/** Finds every event with `bad`, and counts how often it met each batch. */
class CountingAgent extends DetectionAgent {
  broken = false;
  met: string[] = [];
  /** Most batches that it was ever at together. */
  most = 0;
  private now = 0;

  async inspect(_: unknown, batch: EventBatch): Promise<Detection[]> {
    if (this.broken) throw new Error('detection is down');
    this.most = Math.max(this.most, ++this.now);
    await turn();
    this.now -= 1;
    this.met.push(batch.batch_id);
    return batch.events
      .filter((event) => event.field('bad') !== undefined)
      .map((event) => ({
        detector: 'sigma',
        rule: { id: 'bad-rule', title: 'Bad', author: 'tests', level: 'low', license: 'Apache-2.0' },
        severity: 'low',
        event_index: event.index,
        event_time: event.normalized.time,
        entities: [],
        techniques: [],
        tactics: [],
        reason: 'bad',
      }));
  }

  snapshot(): Uint8Array {
    return Buffer.from(JSON.stringify(this.met));
  }

  restore(_: unknown, state: Uint8Array): boolean {
    this.met = JSON.parse(Buffer.from(state).toString()) as string[];
    return true;
  }

  async learn(_: unknown, batch: EventBatch): Promise<void> {
    this.met.push(batch.batch_id);
  }

  forget(): void {
    this.met = [];
  }
}

function requestOf(...lines: string[]): EventBatchRequest {
  const body = Buffer.from(lines.join('\n'));
  return {
    batchId: uuidv7({ msecs: NOON }),
    receivedAt: NOON,
    correlationId: 'req-1',
    declared: 'auto',
    body,
    slices: splitLines(body),
    textOf: textReader(body),
    idempotency: undefined,
    rateLimitRemaining: 1,
  };
}

describe('the lanes of a pipeline thread', () => {
  let dataDir: string;
  let thread: ReturnType<typeof startThread>;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatra-lane-'));
    thread = startThread();
  });
  afterEach(async () => {
    thread.late.stop();
    await thread.lanes.closeAll();
    await thread.store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function startThread() {
    const agent = new CountingAgent();
    const store = new SqliteEventStore(dataDir);
    const recovery = new TenantRecovery(store, agent, agent);
    const processor = new BatchProcessor(store, agent, agent);
    const detected: PendingDetections[] = [];
    const troubles: string[] = [];
    const locks = new FileIngestLocks(dataDir);
    const lanes = new TenantLanes({ store, processor, recovery, locks }, agent, (_, error) => troubles.push(String(error)));
    const late = new LateInspection(
      { store, recovery, lanes },
      { detected: (_, pending) => detected.push(pending), trouble: (event) => troubles.push(event) },
    );
    return { agent, store, lanes, late, detected, troubles };
  }

  async function chunks(): Promise<number[]> {
    const counts: number[] = [];
    for await (const { count } of thread.store.scan(TENANT, { from: 0, to: NOON * 2, terms: [] }, undefined)) counts.push(count);
    return counts;
  }

  it('store what waits together as few chunks, and answer each request by itself', async () => {
    const lane = thread.lanes.of(TENANT);
    const requests = Array.from({ length: 8 }, (_, n) => requestOf(`{"n":${n}}`, n === 3 ? '{"bad":1}' : '5'));
    const processed = await Promise.all(requests.map((request) => lane.enqueue(request)));
    expect(processed.map(({ answer }) => [answer.batch_id, answer.accepted, answer.rejected.length, answer.alerts_raised])).toEqual(
      requests.map(({ batchId }, n) => [batchId, n === 3 ? 2 : 1, n === 3 ? 0 : 1, n === 3 ? 1 : 0]),
    );
    expect((await chunks()).length).toBeLessThan(8);
    expect((await chunks()).reduce((sum, count) => sum + count)).toBe(9);
  });

  it('store a batch that cannot be inspected, say so, and inspect it once detection is back', async () => {
    thread.agent.broken = true;
    const { answer, failure } = await thread.lanes.of(TENANT).enqueue(requestOf('{"bad":1}'));
    expect(answer).toMatchObject({ accepted: 1, inspected: false, alerts_raised: 0 });
    expect(failure).toEqual(new Error('detection is down'));
    expect(await thread.late.recover(TENANT)).toEqual([]);
    expect(thread.troubles).toEqual(['inspection.retry']);
    thread.late.stop();
    thread.agent.broken = false;
    const pending = await thread.late.recover(TENANT);
    expect(pending.map(({ batch_id, detections }) => [batch_id, detections.length])).toEqual([[answer.batch_id, 1]]);
    expect(await thread.store.uninspected(TENANT)).toEqual([]);
    expect(thread.agent.met).toEqual([answer.batch_id]);
  });

  it('hand detections out again after a restart, until they are settled', async () => {
    const { answer } = await thread.lanes.of(TENANT).enqueue(requestOf('{"bad":1}'));
    await thread.store.close();
    thread = startThread();
    expect((await thread.late.recover(TENANT)).map(({ batch_id }) => batch_id)).toEqual([answer.batch_id]);
    thread.lanes.of(TENANT).settle({ batch_id: answer.batch_id, alerts: 1 });
    await thread.lanes.of(TENANT).enqueue(requestOf('{"n":1}'));
    expect(await thread.late.recover(TENANT)).toEqual([]);
  });

  it('have learned the same after a crash and after a clean end', async () => {
    const sent: string[] = [];
    const send = async (): Promise<void> => {
      const request = requestOf('{"n":1}');
      sent.push(request.batchId);
      await thread.lanes.of(TENANT).enqueue(request);
    };
    await send();
    await thread.store.close();
    thread = startThread();
    await send();
    expect(thread.agent.met).toEqual(sent);
    await thread.lanes.closeAll();
    thread = startThread();
    await send();
    expect(thread.agent.met).toEqual(sent);
  });

  it('let other work in between, however many requests keep coming', async () => {
    const lane = thread.lanes.of(TENANT);
    let sent = 0;
    const done = new AbortController();
    const sender = async (): Promise<void> => {
      while (!done.signal.aborted && sent < 200) {
        sent += 1;
        await lane.enqueue(requestOf(`{"n":${sent}}`));
      }
    };
    const senders = Promise.all(Array.from({ length: 4 }, sender));
    const pending = await thread.late.recover(TENANT);
    await lane.enqueue(requestOf('{"first":1}'));
    await lane.exclusively(async () => done.abort());
    await senders;
    expect(pending).toEqual([]);
    expect(sent).toBeLessThan(100);
  });

  it('hand a tenant to detection with one batch at a time, whoever asks and through whichever lane', async () => {
    const inspectAside = (id: string) => (): Promise<unknown> =>
      thread.agent.inspect(TENANT, { batch_id: id, received_at: '', events: [] });
    const asked = (id: string): Promise<unknown>[] => [
      ...[1, 2, 3].map((n) => thread.lanes.of(TENANT).enqueue(requestOf(`{"${id}":${n}}`))),
      thread.lanes.of(TENANT).exclusively(inspectAside(id)),
      thread.late.recover(TENANT),
    ];
    const first = thread.lanes.of(TENANT);
    const work = asked('first');
    for (let other = 0; other < 256; other += 1) thread.lanes.of(toTenantId(`tenant-${other}`));
    expect(thread.lanes.of(TENANT)).not.toBe(first);
    await Promise.all([...work, ...asked('second')]);
    expect((await chunks()).reduce((sum, count) => sum + count)).toBe(6);
    expect(thread.agent.most).toBe(1);
  });

  it('DUR-01 learn much again once, however often they are started again', async () => {
    const lines = Array.from({ length: 5_000 }, (_, n) => `{"n":${n}}`);
    for (let turn = 0; turn < 3; turn += 1) await thread.lanes.of(TENANT).enqueue(requestOf(...lines));
    await thread.lanes.of(TENANT).enqueue(requestOf('{"last":1}'));
    const learnedAgain: number[] = [];
    for (let start = 0; start < 3; start += 1) {
      thread.late.stop();
      await thread.store.close();
      thread = startThread();
      let again = 0;
      const { agent } = thread;
      agent.learn = async (_: unknown, batch: EventBatch) => void (again += batch.events.length);
      await thread.lanes.of(TENANT).exclusively(async () => undefined);
      learnedAgain.push(again);
    }
    expect(learnedAgain).toEqual([15_001, 0, 0]);
  });

  it('learn anew after work in between has failed', async () => {
    const lane = thread.lanes.of(TENANT);
    const first = requestOf('{"n":1}');
    await lane.enqueue(first);
    const failing = lane.exclusively(async () => {
      thread.agent.met.push('not stored');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const next = requestOf('{"n":2}');
    await lane.enqueue(next);
    expect(thread.agent.met).toEqual([first.batchId, next.batchId]);
  });

  it('refuse what the store refuses, forget what was learned from it, and go on', async () => {
    const lane = thread.lanes.of(TENANT);
    const first = requestOf('{"n":1}');
    await lane.enqueue(first);
    await expect(lane.enqueue(first)).rejects.toThrow('UNIQUE');
    const next = requestOf('{"n":2}');
    await lane.enqueue(next);
    expect(thread.agent.met).toEqual([first.batchId, next.batchId]);
  });

  describe('in several processes', () => {
    let others: ReturnType<typeof startThread>[];
    beforeEach(() => {
      others = [startThread(), startThread()];
    });
    afterEach(async () => {
      for (const other of others) {
        await other.lanes.closeAll();
        await other.store.close();
      }
    });

    it('take turns, lose nothing, and learn what the others have stored, in the same order', async () => {
      const processes = [thread, ...others];
      const requests = Array.from({ length: 60 }, (_, n) => requestOf(`{"n":${n}}`));
      const answers = await Promise.all(
        requests.map(async (request, n) => {
          await new Promise((done) => setTimeout(done, n));
          return processes[n % 3]?.lanes.of(TENANT).enqueue(request);
        }),
      );
      expect(answers.map((processed) => processed?.answer.accepted)).toEqual(requests.map(() => 1));
      expect((await chunks()).reduce((sum, count) => sum + count)).toBe(60);
      for (const { lanes } of processes) await lanes.of(TENANT).enqueue(requestOf('{"last":1}'));
      const [first, ...rest] = processes.map(({ agent }) => agent.met);
      expect(new Set(first).size).toBe(first?.length);
      expect(rest.map((met) => met.slice(0, 60))).toEqual([first?.slice(0, 60), first?.slice(0, 60)]);
    });

    it('answer an idempotency key once, whichever of them is asked first', async () => {
      const idempotency = { key: 'once', digest: 'digest' };
      const processed = await Promise.all(
        [thread, ...others].map(({ lanes }) => lanes.of(TENANT).enqueue({ ...requestOf('{"n":1}'), idempotency })),
      );
      expect(processed.filter(({ replayed }) => replayed)).toHaveLength(2);
      expect(new Set(processed.map(({ answer }) => answer.batch_id)).size).toBe(1);
      expect(await chunks()).toEqual([1]);
      const other = { ...requestOf('{"n":2}'), idempotency: { key: 'once', digest: 'another' } };
      await expect(thread.lanes.of(TENANT).enqueue(other)).rejects.toThrow(/Idempotency-Key/);
    });
  });
});
