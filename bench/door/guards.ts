import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startServer } from '../server.ts';

/** What a request costs through one kind of door. Milliseconds. */
export interface DoorCost {
  readonly door: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** p50 above that of a Nest app without a door. */
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
}

interface Target {
  readonly door: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const ROUNDS = 20;
const REQUESTS = 250;

/**
 * Measures requests one after the other over one kept connection, the doors in turn so that a drift of the machine falls on all of them. Each answer
 * is checked: a refusal would be cheaper than a passage.
 */
export async function measureGuards(): Promise<readonly DoorCost[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatra-bench-door-'));
  const bare = await startBare();
  const server = await startServer({ dataDir, rules: undefined, workers: '1', cpuProfile: undefined });
  try {
    const bearer = `Bearer ${await tokenFrom(server.baseUrl, dataDir)}`;
    const targets: readonly Target[] = [
      { door: 'none (a bare Nest route)', url: `${bare.url}/bare`, headers: {} },
      { door: 'public route', url: `${server.baseUrl}/health/live`, headers: {} },
      { door: 'token, permission, tenant, limits', url: `${server.baseUrl}/api/v1/rate-limit/status`, headers: { Authorization: bearer } },
    ];
    return summarise(await sample(targets));
  } finally {
    bare.process.kill('SIGTERM');
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function sample(targets: readonly Target[]): Promise<ReadonlyMap<string, number[]>> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const latencies = new Map(targets.map(({ door }) => [door, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const target of targets) {
      for (let number = 0; number < REQUESTS; number++) {
        const began = performance.now();
        await get(target, agent);
        if (round > 1) latencies.get(target.door)?.push(performance.now() - began);
      }
    }
  }
  agent.destroy();
  return latencies;
}

function summarise(latencies: ReadonlyMap<string, number[]>): readonly DoorCost[] {
  const rows = [...latencies].map(([door, times]) => {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
    return { door, p50Ms: at(0.5), p99Ms: at(0.99) };
  });
  const [bare] = rows;
  return rows.map((row) => ({ ...row, addedP50Ms: row.p50Ms - (bare?.p50Ms ?? 0), addedP99Ms: row.p99Ms - (bare?.p99Ms ?? 0) }));
}

function get({ url, headers }: Target, agent: http.Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, headers }, (response) => {
      response.resume();
      response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${response.statusCode}`))));
    });
    request.on('error', reject);
  });
}

async function startBare(): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const script = fileURLToPath(new URL('bare-server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the bare server did not start')));
    createInterface({ input: child.stdout }).once('line', resolve);
  });
  return { url, process: child };
}

async function tokenFrom(baseUrl: string, dataDir: string): Promise<string> {
  const file = JSON.parse(readFileSync(join(dataDir, 'bootstrap.json'), 'utf8')) as {
    readonly tenants: Readonly<Record<string, Readonly<Record<string, { readonly api_key: string }>>>>;
  };
  const key = file.tenants['acme-corp']?.['viewer']?.api_key ?? '';
  const exchange = await fetch(`${baseUrl}/api/v1/auth/token`, { method: 'POST', headers: { 'X-API-Key': key } });
  return ((await exchange.json()) as { access_token: string }).access_token;
}
