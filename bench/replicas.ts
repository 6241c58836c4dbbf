import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { loadLines } from './event-lines.ts';
import { sendBatches, type LoadResult } from './load.ts';
import { measureParse } from './parse-rate.ts';
import { format, machine, printTable } from './report.ts';
import { startServer, type Server } from './server.ts';

const { values } = parseArgs({
  options: {
    postgres: { type: 'string' },
    redis: { type: 'string' },
    events: { type: 'string', default: 'files' },
    replicas: { type: 'string', default: '1,2,3' },
    tenants: { type: 'string', default: '6' },
    batch: { type: 'string', default: '500' },
    'in-flight': { type: 'string', default: '12' },
    'max-events': { type: 'string', default: '200000' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help || values.postgres === undefined || values.redis === undefined) {
  process.stdout.write(`npm run bench:replicas -- --postgres URL --redis URL [options]
  --postgres URL     of a role that may make roles and databases; each case has a database of its own, dropped afterwards
  --redis URL        a Redis that nobody else uses
  --events files     where events are: files, of a directory that all replicas share, or postgres
  --replicas 1,2,3   how many processes share the load, case by case
  --tenants 6        tenants that the events are of
  --batch 500        events a request
  --in-flight 12     requests at a time
  --max-events N     send so many events (default 200000)
`);
  process.exit(values.help ? 0 : 2);
}

const { postgres, redis } = values;
const lines = await loadLines(undefined, Number(values['max-events']));
const parseRate = measureParse(lines);
process.stdout.write(`${format(lines.length)} events; JSON.parse of them in one thread: ${format(parseRate)} events/s\n\n`);

interface Row extends LoadResult {
  readonly stores: string;
  readonly events: string;
  readonly replicas: number;
  readonly remainder: number;
}

const rows: Row[] = [await measure('files', 1, {})];
for (const replicas of values.replicas.split(',').map(Number)) {
  const { env, drop } = await makeDatabase(postgres);
  try {
    rows.push(await measure('PostgreSQL, Redis', replicas, { ...env, REDIS_URL: redis, EVENT_STORE: values.events }));
  } finally {
    await drop();
  }
}
const [, first] = rows;
printTable(
  ['cases in', 'events in', 'replicas', 'events/s', 'of one replica', 'of JSON.parse', 'p50 ms', 'p99 ms', 'remainder'],
  rows.map(({ stores, events, replicas, eps, p50Ms, p99Ms, remainder }) => [
    stores,
    events,
    String(replicas),
    format(eps),
    (eps / (first?.eps ?? eps)).toFixed(2),
    (eps / parseRate).toFixed(2),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    String(remainder),
  ]),
);
process.stdout.write(
  `${JSON.stringify({ bench: 'replicas', events: lines.length, json_parse_eps: parseRate, machine: machine(), rows })}\n`,
);

/** All replicas share the data directory, where secrets are, and events unless they are in PostgreSQL. */
async function measure(stores: string, replicas: number, env: Readonly<Record<string, string>>): Promise<Row> {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatra-bench-'));
  const servers: Server[] = [];
  try {
    const options = { dataDir, rules: undefined, workers: undefined, cpuProfile: undefined };
    const all = { ...env, GATRA_CONFIG: tenantsFile(dataDir) };
    while (servers.length < replicas) servers.push(await startServer({ ...options, env: all }));
    const [server] = servers;
    const collectors = server?.collectors ?? [];
    const receivers = collectors.flatMap((apiKey) => servers.map(({ baseUrl }) => ({ baseUrl, apiKey })));
    const result = await sendBatches(receivers, lines, { batch: Number(values.batch), inFlight: Number(values['in-flight']) });
    return { stores, events: env['EVENT_STORE'] ?? 'files', replicas, ...result, remainder: (await server?.remainder()) ?? 0 };
  } finally {
    await Promise.all(servers.map((running) => running.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Tenants without limits that a measurement would meet; the first is the one that `remainder` asks for. */
function tenantsFile(dataDir: string): string {
  const rate_limits = { ingest_eps: 1_000_000, alerts_per_min: 1_000_000 };
  const features = { advanced_ml: true, auto_containment: false };
  const tenants = Array.from({ length: Number(values.tenants) }, (_, at) => {
    const tenant_id = at === 0 ? 'acme-corp' : `tenant-${at}`;
    const places = { bigquery_dataset: `gatra_${tenant_id.replaceAll('-', '_')}`, pubsub_topic: `gatra-${tenant_id}-alerts` };
    return { tenant_id, name: tenant_id, ...places, rate_limits, features };
  });
  const file = join(dataDir, 'tenants.json');
  writeFileSync(file, JSON.stringify({ tenants }));
  return file;
}

/** A database of its own, with the two roles that the app wants. */
async function makeDatabase(url: string): Promise<{ env: Readonly<Record<string, string>>; drop: () => Promise<void> }> {
  const name = `bench_${randomUUID().slice(0, 8)}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE ROLE ${name}_owner LOGIN PASSWORD '${name}'`);
  await client.query(`CREATE ROLE ${name}_app LOGIN PASSWORD '${name}'`);
  await client.query(`CREATE DATABASE ${name} OWNER ${name}_owner`);
  const as = (role: string): string => {
    const own = new URL(url);
    [own.username, own.password, own.pathname] = [`${name}_${role}`, name, `/${name}`];
    return own.href;
  };
  return {
    env: { DATABASE_URL: as('app'), DATABASE_MIGRATION_URL: as('owner') },
    async drop() {
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await client.query(`DROP ROLE ${name}_owner, ${name}_app`);
      await client.end();
    },
  };
}
