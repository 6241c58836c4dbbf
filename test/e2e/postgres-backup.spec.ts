import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest } from '../../src/platform/backup/backup-manifest.js';
import { BOOTSTRAP_FILE } from '../../src/platform/tenancy/bootstrap.js';
import { BuiltApp } from '../support/built-app.js';
import { bash, examplesOf } from '../support/document-examples.js';
import { onPostgres } from '../support/postgres-app.js';
import { describeWithPostgres, postgresPrograms, PostgresServer } from '../support/postgres-server.js';
import { marksRule, SentBatches, sendBatch, TENANT, type Batch } from '../support/sent-batches.js';
import { NO_FAULTS, storeFaults } from '../support/stored-events.js';

const SENDERS = 3;
const BATCHES_BEFORE = 20;
const SECRETS = Object.fromEntries(
  ['JWT_SECRET', 'SERVICE_API_KEY', 'API_KEY_PEPPER', 'DATA_ENCRYPTION_KEY'].map((name) => [name, randomBytes(32).toString('hex')]),
);

interface Alert {
  readonly evidence: readonly string[];
}

describeWithPostgres('a backup of events and PostgreSQL', (server) => {
  const rules = marksRule();
  const place = mkdtempSync(join(tmpdir(), 'gatra-postgres-drill-'));
  let first: BuiltApp | undefined;
  let second: BuiltApp | undefined;
  let other: PostgresServer | undefined;
  afterAll(async () => {
    await first?.kill();
    await second?.kill();
    await other?.stop();
    for (const directory of [rules, place, first?.dataDir]) if (directory) rmSync(directory, { recursive: true, force: true });
  });

  /** Sends until it is told to stop; when each batch was acknowledged. */
  const load = (app: BuiltApp, sent: SentBatches): { readonly answeredAt: Map<Batch, number>; stop(): Promise<void> } => {
    const answeredAt = new Map<Batch, number>();
    const receiver = { baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') };
    const state = { isOver: false };
    const senders = Array.from({ length: SENDERS }, async () => {
      while (!state.isOver) {
        const batch = sent.next(10);
        if ((await sendBatch(receiver, batch)) === 202) answeredAt.set(batch, Date.now());
      }
    });
    const stop = async (): Promise<void> => {
      state.isOver = true;
      await Promise.all(senders);
    };
    return { answeredAt, stop };
  };

  const raisedIn = async (app: BuiltApp): Promise<ReadonlySet<string>> => {
    const raised = new Set<string>();
    const headers = { Authorization: `Bearer ${await app.token(TENANT, 'analyst')}` };
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer = await fetch(`${app.baseUrl}/api/v1/alerts?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`, { headers });
      const page = (await answer.json()) as { readonly items: readonly Alert[]; readonly next_cursor: string | null };
      for (const { evidence } of page.items) for (const id of evidence) raised.add(id);
      cursor = page.next_cursor;
    }
    return raised;
  };

  it('R47 DUR-17 by the commands of the document, under load, restored on another server and elsewhere: nothing acknowledged before the position is lost', async () => {
    const [backUp = '', restore = '', ...more] = examplesOf('docs/postgresql.md');
    expect(more).toEqual([]);
    const { database, env } = await onPostgres(server());
    await server().ask('CREATE ROLE gatra_backup LOGIN BYPASSRLS');
    await server().ask('GRANT pg_read_all_data TO gatra_backup');
    const shared = { ...SECRETS, GATRA_RULES: rules, ENVIRONMENT: 'development' };
    first = await BuiltApp.start({ env: { ...shared, ...env } });
    const sent = new SentBatches();
    const { answeredAt, stop } = load(first, sent);
    while (answeredAt.size < BATCHES_BEFORE) await new Promise((done) => setTimeout(done, 20));
    const programs = postgresPrograms() ?? '';
    const shell = { ...shared, BACKUP: join(place, 'backup'), PATH: `${programs}:${process.env['PATH'] ?? ''}` };
    const urls = { DATABASE_BACKUP_URL: server().url(database, 'gatra_super').replace('gatra_super', 'gatra_backup') };
    const taken = await bash(backUp, { ...shell, ...env, ...urls, GATRA_DATA_DIR: first.dataDir });
    expect(taken).toEqual({ code: 0, output: expect.stringContaining('is in the backup') });
    const between = answeredAt.size;
    while (answeredAt.size < between + SENDERS) await new Promise((done) => setTimeout(done, 20));
    await stop();
    await first.kill();
    await server().kill();
    rmSync(first.dataDir, { recursive: true, force: true });

    other = await PostgresServer.start();
    const again = await onPostgres(other);
    const elsewhere = join(place, 'restored');
    const admin = { DATABASE_ADMIN_URL: other.url(again.database, 'gatra_super') };
    const restored = await bash(restore, { ...shell, ...again.env, ...admin, GATRA_DATA_DIR: elsewhere });
    expect(restored).toEqual({ code: 0, output: expect.stringMatching(/^ok {5}platform: \d+ records/m) });
    expect(restored.output).not.toContain('FAULT');

    const position = Date.parse(readManifest(join(place, 'backup', 'events')).position);
    const before = new SentBatches();
    for (const { key, events, batchId } of sent.all) {
      const isBefore = batchId !== undefined && [...answeredAt].some(([batch, at]) => batch.key === key && at < position);
      before.all.push(isBefore ? { key, events, batchId } : { key, events });
    }
    const after = before.all.filter(({ batchId }) => batchId === undefined);
    expect([before.acknowledged.size >= BATCHES_BEFORE, after.length > 0]).toEqual([true, true]);
    writeFileSync(join(elsewhere, BOOTSTRAP_FILE), JSON.stringify(first.bootstrap));
    second = await BuiltApp.start({ dataDir: elsewhere, env: { ...shared, ...again.env } });
    expect(await storeFaults(second, before)).toEqual(NO_FAULTS);
    const raised = await raisedIn(second);
    expect(before.marked.filter((id) => !raised.has(id))).toEqual([]);
    const receiver = { baseUrl: second.baseUrl, apiKey: second.apiKey(TENANT, 'collector') };
    for (const batch of after) expect([batch.key, await sendBatch(receiver, batch)]).toEqual([batch.key, 202]);
    const all = new SentBatches();
    all.all.push(...before.all);
    expect((await storeFaults(second, all)).lost).toEqual([]);
    process.stdout.write(`R47 ${before.acknowledged.size} events before the position, ${after.length} batches sent again\n`);
  }, 300_000);
});
