import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendRaw } from './raw-request.js';

/** How many connections are held, in which way, and how fast they are opened. */
export interface SlowAttack {
  readonly headers: number;
  readonly body: number;
  readonly read: number;
  readonly aSecond: number;
  /** The API key that slow bodies are sent with: without one they are refused at once. */
  readonly key?: string;
  /** How long the honest are measured alone before, in milliseconds. */
  readonly aloneMs: number;
}

/** How long requests took, in milliseconds. */
export interface Honest {
  readonly median: number;
  readonly p99: number;
  readonly count: number;
  readonly failed: number;
}

/** What became of an attack. */
export interface Attacked {
  readonly alone: Honest;
  readonly attacked: Honest;
  /** Most connections at one time. */
  readonly most: number;
  /** Milliseconds until none of them was left, from there or from when the last was opened. */
  readonly endedMs: number;
}

/** Connections that the honest clients and nobody else have. */
const OWN = 4;
const PATIENCE_MS = 40_000;

/** Tells whether slowhttptest is there; says so where it is not. */
export function hasSlowHttpTest(): boolean {
  if (!spawnSync('slowhttptest', ['-h']).error) return true;
  if (process.env['GATRA_REQUIRE_SERVICES'] === '1') throw new Error('slowhttptest is required and not installed');
  process.stdout.write('SKIPPED: slowhttptest is not installed\n');
  return false;
}

/**
 * Attacks with slow headers, slow bodies and slow reading at once, while honest clients go on; ends when the server has ended every attacker. The
 * attackers take the processor time that nobody else wants, as if they were other machines.
 */
export async function attackSlowly(baseUrl: string, { headers, body, read, aSecond, key, aloneMs }: SlowAttack): Promise<Attacked> {
  const alone = await honest(baseUrl, sleep(aloneMs));
  // The tool has no word for another header: this one follows from the line before it.
  const type = `application/json${key === undefined ? '' : `\r\nX-API-Key: ${key}`}`;
  const slowReader = ['-k', '3', '-w', '1', '-y', '512', '-n', '5', '-z', '32'];
  const attacks: readonly (readonly [number, readonly string[]])[] = [
    [headers, ['-H', '-u', `${baseUrl}/health/live`, '-c', String(headers)]],
    [body, ['-B', '-u', `${baseUrl}/api/v1/events`, '-c', String(body), '-f', type, '-s', '100000']],
    [read, ['-X', '-u', `${baseUrl}/docs/swagger-ui-bundle.js`, '-c', String(read), ...slowReader]],
  ];
  const asked = attacks.flatMap(([connections, words]) => (connections > 0 ? [words] : []));
  const tools = asked.map((attack) =>
    spawn('nice', ['-n', '19', 'slowhttptest', ...attack, '-r', String(aSecond), '-i', '3', '-l', '60'], { stdio: 'ignore' }),
  );
  const exits = tools.map((tool) => new Promise((done) => tool.once('exit', done)));
  const watching = watch(baseUrl, (Math.max(headers, body, read) / aSecond) * 1_000);
  const attacked = await honest(baseUrl, watching);
  for (const tool of tools) tool.kill();
  await Promise.all(exits);
  const { most, endedMs } = await watching;
  process.stdout.write(
    `median ${alone.median.toFixed(1)} ms alone, ${attacked.median.toFixed(1)} ms under attack; p99 ${alone.p99.toFixed(1)} and ${attacked.p99.toFixed(1)} ms; ` +
      `${attacked.failed} of ${attacked.count} failed; ${most} connections at most, all ended ${(endedMs / 1_000).toFixed(1)} s later\n`,
  );
  return { alone, attacked, most, endedMs };
}

/** Looks at the connections until they have been many and are gone. */
async function watch(baseUrl: string, openingMs: number): Promise<{ readonly most: number; readonly endedMs: number }> {
  const started = Date.now();
  let [most, at] = [0, started];
  for (let now = started; now < started + PATIENCE_MS; now = Date.now()) {
    const count = await connections(baseUrl);
    if (count > most || now < started + openingMs) [most, at] = [Math.max(most, count), now];
    if (most > OWN && count <= OWN && now > started + 5_000) return { most, endedMs: now - at };
    await sleep(200);
  }
  return { most, endedMs: PATIENCE_MS };
}

/** Connections of the server that are established, as the kernel sees them. Listing thousands takes it long: nobody who measures waits for it. */
async function connections(baseUrl: string): Promise<number> {
  const port = Number(new URL(baseUrl).port).toString(16).toUpperCase().padStart(4, '0');
  const established = new RegExp(`^\\s*\\d+: [0-9A-F]{8}:${port} \\S+ 01 `);
  return (await readFile('/proc/net/tcp', 'utf8')).split('\n').filter((line) => established.test(line)).length;
}

/** From an address of their own: the attackers' may have no connections left. */
async function honest(baseUrl: string, until: Promise<unknown>): Promise<Honest> {
  const agent = new Agent({ keepAlive: true, localAddress: '127.0.0.2' });
  const times: number[] = [];
  const time = { isUp: false };
  let failed = 0;
  void until.then(() => (time.isUp = true));
  const client = async (): Promise<void> => {
    while (!time.isUp) {
      const started = performance.now();
      const { status } = await sendRaw(baseUrl, { method: 'GET', path: '/health/live' }, agent).catch(() => ({ status: 0 }));
      times.push(performance.now() - started);
      if (status !== 200) failed++;
      await sleep(20);
    }
  };
  await Promise.all([client(), client()]);
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return { median: at(0.5), p99: at(0.99), count: times.length, failed };
}
