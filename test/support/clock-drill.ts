import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { AppCluster } from './app-cluster.js';
import { eventually } from './eventually.js';
import { FakeTime } from './fake-time.js';
import { databaseFiles } from './kill-cycles.js';
import { marksRule, SentBatches, sendBatch, TENANT } from './sent-batches.js';
import { raisedFor, storeFaults, triagedTwice, unsoundFiles, type StoreFaults } from './stored-events.js';

const PATIENCE_MS = 60_000;
const EXPIRY_SECONDS = 7_200;
const BATCHES_A_JUMP = 4;

/** What was found after the last jump. */
export interface ClockReport {
  readonly acknowledged: number;
  readonly faults: StoreFaults;
  readonly unsound: readonly string[];
  readonly marked: readonly string[];
  readonly raised: readonly string[];
  readonly triagedTwice: readonly string[];
  /** Effects outside, by action: one each. */
  readonly effects: readonly number[];
  /** Audit records of events that were removed because their time was over. */
  readonly retired: number;
  /** Answers to batches that were none of 202. */
  readonly refused: readonly (number | undefined)[];
}

type Body = Readonly<Record<string, unknown>>;

/** A firewall that does nothing while it is closed, and counts what it did. */
class Firewall {
  isOpen = false;
  readonly effects: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (this.isOpen) this.effects.push(String(request.headers['idempotency-key']));
      response.writeHead(this.isOpen ? 200 : 503).end();
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/commands`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/**
 * Two processes on one data directory whose wall clock jumps while they take events and contain. After each jump events go on being stored, earlier
 * batches are known again, tokens of before are refused and new ones are good, and an attempt that waits is made. @throws where one of that is not so
 * @param offsets seconds from the real time, one after the other.
 */
export async function clockDrill(offsets: readonly number[]): Promise<ClockReport> {
  const clock = new FakeTime();
  const rules = marksRule();
  const firewall = new Firewall();
  const env = { ...clock.environment, GATRA_RULES: rules, OUTBOUND_ALLOW: '127.0.0.0/8', EVENT_RETENTION_MONTHS: '3' };
  const cluster = await AppCluster.start({ size: 2, env: { ...env, APPROVAL_EXPIRY_SECONDS: String(EXPIRY_SECONDS) } });
  const drill = new ClockDrill(cluster, clock, firewall);
  try {
    await drill.prepare();
    for (const offset of offsets) await drill.jump(offset);
    return await drill.conclude();
  } finally {
    drill.isOver = true;
    firewall.close();
    for (const app of cluster.apps) await app.kill();
    clock.end();
    for (const directory of [rules, cluster.dataDir]) rmSync(directory, { recursive: true, force: true });
  }
}

class ClockDrill {
  isOver = false;
  private readonly sent = new SentBatches();
  private readonly refused: (number | undefined)[] = [];
  private readonly actions: string[] = [];
  private readonly letter = randomUUID();
  private incident = '';
  private offset = 0;
  private senders: Promise<void>[] = [];

  constructor(
    private readonly cluster: AppCluster,
    private readonly clock: FakeTime,
    private readonly firewall: Firewall,
  ) {}

  async prepare(): Promise<void> {
    const operator = await this.cluster.app(0).token('platform');
    await this.ask('PATCH', `/api/v1/tenants/${TENANT}`, operator, { webhooks: { actuator_url: await this.firewall.listen() } });
    this.senders = this.cluster.apps.map((_, instance) => this.send(instance));
    await eventually(async () => {
      const { items } = await this.ask('GET', '/api/v1/incidents?limit=1', await this.token('analyst'));
      this.incident = String((items as Body[])[0]?.['incident_id']);
      if (!this.incident.includes('-')) throw new Error('no incident yet');
    }, PATIENCE_MS);
    this.bury();
  }

  /** Sets the clock while an attempt waits to be made again, and looks at everything that depends on it. */
  async jump(offset: number): Promise<void> {
    const before = { offset: this.offset, token: await this.token('analyst') };
    const waiting = await this.request();
    this.firewall.isOpen = false;
    const failing = await this.request();
    await this.approve(failing);
    await eventually(async () => {
      const { items } = await this.ask(
        'GET',
        `/api/v1/audit?action=containment.attempt_failed&target_id=${failing.id}`,
        await this.token('responder'),
      );
      if ((items as Body[]).length === 0) throw new Error('no attempt has failed yet');
    }, PATIENCE_MS);
    this.clock.set(offset);
    this.offset = offset;
    this.firewall.isOpen = true;
    await eventually(() => this.seesIt(), PATIENCE_MS);
    await this.goesOn();
    await this.refusesTokensOf(before);
    await this.knowsAgain();
    await this.isExecuted(failing.id);
    await this.decidesOn(waiting, offset - before.offset);
    await this.keepsTheLetter();
  }

  async conclude(): Promise<ClockReport> {
    this.clock.set(0);
    this.offset = 0;
    this.isOver = true;
    await Promise.all(this.senders);
    await eventually(() => this.hasNothingLeft(), PATIENCE_MS);
    const faults = await storeFaults(this.cluster.app(0), this.sent);
    const { items } = await this.ask('GET', '/api/v1/audit?action=events.retired', await this.token('responder'));
    await this.cluster.stop({ keep: true });
    const { dataDir } = this.cluster;
    return {
      acknowledged: this.sent.acknowledged.size,
      faults,
      unsound: unsoundFiles(dataDir, databaseFiles(dataDir)),
      marked: [...this.sent.marked].sort(),
      raised: raisedFor(dataDir),
      triagedTwice: triagedTwice(dataDir),
      effects: this.actions.map((id) => this.firewall.effects.filter((key) => key === id).length),
      retired: (items as Body[]).length,
      refused: this.refused,
    };
  }

  private async send(instance: number): Promise<void> {
    while (!this.isOver) {
      const app = this.cluster.app(instance);
      const status = await sendBatch({ baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') }, this.sent.next(8));
      if (status !== 202) this.refused.push(status);
      await pause(25);
    }
  }

  /** Every process lives by the new time. */
  private async seesIt(): Promise<void> {
    for (const { baseUrl } of this.cluster.apps) {
      const { headers } = await fetch(`${baseUrl}/health/live`);
      const off = Math.abs(Date.parse(headers.get('date') ?? '') - Date.now() - this.offset * 1_000);
      if (!(off < 30_000)) throw new Error(`its clock is off by ${off} ms`);
    }
  }

  private async goesOn(): Promise<void> {
    const done = (): number => this.sent.all.length - this.sent.unanswered.length;
    const before = done();
    await eventually(() => {
      if (done() < before + BATCHES_A_JUMP) throw new Error('no batch is acknowledged any more');
    }, PATIENCE_MS);
  }

  /** A token lives for 15 minutes, and one of a time to come is none yet. */
  private async refusesTokensOf({ offset, token }: { readonly offset: number; readonly token: string }): Promise<void> {
    if (offset === this.offset) return;
    for (const { baseUrl } of this.cluster.apps) {
      const { status } = await fetch(`${baseUrl}/api/v1/alerts?limit=1`, { headers: { Authorization: `Bearer ${token}` } });
      if (status !== 401) throw new Error(`a token of another time was answered ${status}`);
    }
  }

  /** A batch that was sent before is not stored again, whichever process gets it. */
  private async knowsAgain(): Promise<void> {
    const [first] = this.sent.all;
    for (const app of this.cluster.apps) {
      const answer = await fetch(`${app.baseUrl}/api/v1/events?source=windows`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/x-ndjson',
          'X-API-Key': app.apiKey(TENANT, 'collector'),
          'Idempotency-Key': first?.key ?? '',
        },
        body: first?.events.join('\n') ?? '',
      });
      const { batch_id: batchId, accepted } = (await answer.json()) as { batch_id: string; accepted: number };
      if (answer.status !== 202 || (batchId !== first?.batchId && accepted !== 0)) throw new Error('a batch was stored twice');
    }
  }

  private async isExecuted(id: string): Promise<void> {
    await eventually(async () => {
      const { status } = await this.ask('GET', `/api/v1/containment/actions/${id}`, await this.token('viewer'));
      if (status !== 'executed') throw new Error(`an action is ${String(status)}`);
    }, PATIENCE_MS);
  }

  /** Whoever has waited longer than he may has expired by himself; others can be approved. */
  private async decidesOn(action: Requested, jumped: number): Promise<void> {
    const status = async (): Promise<unknown> =>
      (await this.ask('GET', `/api/v1/containment/actions/${action.id}`, await this.token('viewer')))['status'];
    if (jumped < EXPIRY_SECONDS) {
      await this.approve(action);
      return this.isExecuted(action.id);
    }
    await eventually(async () => {
      if ((await status()) !== 'expired') throw new Error(`an action that is over its time is ${String(await status())}`);
    }, PATIENCE_MS);
    const late = await this.approve(action).catch((error: Error) => error.message);
    if (!String(late).includes('409')) throw new Error('an action was approved after its time');
    this.actions.splice(this.actions.indexOf(action.id), 1);
  }

  private async keepsTheLetter(): Promise<void> {
    const { items } = await this.ask('GET', '/admin/dead-letters?kind=test.kind', await this.cluster.app(0).token('platform'));
    const ids = (items as Body[]).map(({ dead_letter_id: id }) => id);
    if (ids.join() !== `${TENANT}.${this.letter}`) throw new Error(`dead letters: ${ids.join()}`);
  }

  private async hasNothingLeft(): Promise<void> {
    const db = new DatabaseSync(this.cases, { readOnly: true, timeout: 5_000 });
    try {
      const rows = db.prepare("SELECT kind, key FROM work_item WHERE state = 'waiting' AND kind <> 'containment.expire'").all();
      if (rows.length > 0) throw new Error(`work is left: ${JSON.stringify(rows.slice(0, 5))}`);
    } finally {
      db.close();
    }
  }

  private async request(): Promise<Requested> {
    const body = { action: 'isolate_host', target: { type: 'host', value: `ws-${randomUUID()}` }, reason: 'It calls home.' };
    const made = await this.ask('POST', `/api/v1/incidents/${this.incident}/actions`, await this.token('analyst'), body);
    const action = { id: String(made['action_id']), approval: String(made['approval_id']), digest: made['digest'] };
    this.actions.push(action.id);
    return action;
  }

  private async approve({ approval, digest }: Requested): Promise<void> {
    await this.ask('POST', `/api/v1/approvals/${approval}/approve`, await this.token('responder'), { comments: '', digest });
  }

  private token(role: string): Promise<string> {
    return this.cluster.app(0).token(TENANT, role);
  }

  private async ask(method: string, path: string, token: string, body?: object): Promise<Body> {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const answer = await this.cluster.fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
    return JSON.parse(text) as Body;
  }

  /** Leaves work that nobody could do. */
  private bury(): void {
    const db = new DatabaseSync(this.cases, { timeout: 5_000 });
    const now = Date.now();
    db.prepare(
      `INSERT INTO work_item (kind, key, payload, correlation_id, state, attempts, not_before, generation, enqueued_at, first_failed_at, last_failed_at, last_error, dead_letter_id)
       VALUES ('test.kind', 'one', '{}', 'req-1', 'dead', 8, ?, 0, ?, ?, ?, 'cannot', ?)`,
    ).run(now, now, now, now, this.letter);
    db.close();
  }

  private get cases(): string {
    return join(tenantDirectoryPath(this.cluster.dataDir, TENANT), 'cases.db');
  }
}

/** An action that waits for a person. */
interface Requested {
  readonly id: string;
  readonly approval: string;
  readonly digest: unknown;
}
