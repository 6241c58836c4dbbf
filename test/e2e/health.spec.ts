import { DrainState } from '../../src/platform/lifecycle/drain-state.js';
import { HealthProbe } from '../../src/platform/health/health-probe.js';
import { ProbeRegistry } from '../../src/platform/health/probe-registry.js';
import { OutboundPolicies } from '../../src/platform/resilience/outbound-policies.js';
import { PlatformDatabase } from '../../src/platform/storage/platform-database.js';
import { PipelinePool } from '../../src/agents/pipeline/pipeline-pool.js';
import { SecretsRefresher } from '../../src/platform/secrets/secrets-refresher.js';
import { markdownSection, quoted } from '../support/markdown-section.js';
import { eventually } from '../support/eventually.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { startApp, type RunningApp } from '../support/running-app.js';

/** Works, fails or hangs, as it is told. */
class MovableProbe extends HealthProbe {
  private state: 'up' | 'down' | 'hangs' = 'up';
  private answer: () => void = () => undefined;
  asked = 0;

  constructor(
    readonly name: string,
    readonly isCritical: boolean,
  ) {
    super();
  }

  /** What hung is answered when it is told to do otherwise. */
  set mode(mode: 'up' | 'down' | 'hangs') {
    this.state = mode;
    this.answer();
  }

  check(): Promise<void> {
    this.asked += 1;
    if (this.state === 'hangs') return new Promise((resolve) => (this.answer = resolve));
    return this.state === 'up' ? Promise.resolve() : Promise.reject(new Error('SQLITE_IOERR at /var/lib/secret-path'));
  }
}

interface Seen {
  readonly live: number;
  readonly ready: number;
  readonly summary: number;
  readonly status: string;
}

async function look({ http }: RunningApp): Promise<Seen> {
  const [live, ready, summary] = await Promise.all(['live', 'ready', ''].map((path) => http.get(`/health/${path}`)));
  return { live: live?.status ?? 0, ready: ready?.status ?? 0, summary: summary?.status ?? 0, status: String(summary?.body.status) };
}

const OK: Seen = { live: 200, ready: 200, summary: 200, status: 'ok' };
const DEGRADED: Seen = { live: 200, ready: 200, summary: 503, status: 'degraded' };
const UNREADY: Seen = { live: 200, ready: 503, summary: 503, status: 'unready' };

/** Checks of what this app does not have. */
const ELSEWHERE: ReadonlySet<string> = new Set(['redis', 'pubsub', 'lake']);

describe('health', () => {
  let running: RunningApp;
  const critical = new MovableProbe('critical-one', true);
  const other = new MovableProbe('other-one', false);
  beforeAll(async () => {
    running = await startApp();
    for (const probe of [critical, other]) running.app.get(ProbeRegistry).add(probe);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => running.close());
  const becomes = (seen: Seen): Promise<void> => eventually(async () => expect(await look(running)).toEqual(seen));

  it('RES-11 the table of checks is that of the running app', async () => {
    const { body } = await running.http.get('/health/ready').expect(200);
    const shown = (body.checks as { name: string; critical: boolean }[]).filter(({ name }) => !name.endsWith('-one'));
    const { rows } = markdownSection('docs/observability.md', 'Health');
    const listed = rows
      .filter(([name]) => /^`\w+`$/.test(name ?? ''))
      .map(([name, isCritical]) => ({ name: quoted(name)[0], critical: isCritical === 'yes' }));
    const present = listed.filter(({ name }) => !ELSEWHERE.has(name ?? ''));
    expect(present).toEqual(expect.arrayContaining(shown.map(({ name, critical: c }) => ({ name, critical: c }))));
    expect(present).toHaveLength(shown.length);
    for (const check of body.checks as object[]) {
      expect(check).toEqual({
        name: expect.any(String),
        status: 'healthy',
        healthy: true,
        critical: expect.any(Boolean),
        latency_ms: expect.any(Number),
      });
    }
  });

  it.each([
    ['all works', 'up', 'up', OK],
    ['what has a fallback is down', 'up', 'down', DEGRADED],
    ['what has a fallback hangs', 'up', 'hangs', DEGRADED],
    ['a store is down', 'down', 'up', UNREADY],
    ['a store hangs', 'hangs', 'up', UNREADY],
    ['both are down', 'down', 'down', UNREADY],
    ['all works again', 'up', 'up', OK],
  ] as const)('RES-11 P24 answers as the table says where %s', async (_case, criticalMode, otherMode, seen) => {
    critical.mode = criticalMode;
    other.mode = otherMode;
    await becomes(seen);
  });

  it.each([
    ['storage', () => jest.spyOn(running.app.get(PlatformDatabase), 'get').mockRejectedValue(new Error('disk I/O error')), UNREADY],
    ['pipeline', () => jest.spyOn(running.app.get(PipelinePool), 'isRunning', 'get').mockReturnValue(false), UNREADY],
    ['secrets', () => jest.spyOn(running.app.get(SecretsRefresher), 'isStale').mockReturnValue(true), DEGRADED],
    ['circuits', () => running.app.get(OutboundPolicies).dependency('webhook').isolate(), DEGRADED],
  ] as const)('RES-11 while %s is down, answers as its row says, and recovers by itself', async (name, breakIt, seen) => {
    breakIt();
    await becomes(seen);
    const { body } = await running.http.get('/health');
    const down = (body.checks as { name: string; healthy: boolean }[]).filter(({ healthy }) => !healthy).map((check) => check.name);
    expect(down).toEqual([name]);
    jest.restoreAllMocks();
    running.app.get(OutboundPolicies).dependency('webhook').reset();
    await becomes(OK);
  });

  it('trap.P24-no-internal-error-text says which check is down, and nothing of its error', async () => {
    critical.mode = 'down';
    await becomes(UNREADY);
    for (const path of ['/health', '/health/ready']) {
      const { text } = await running.http.get(path).expect(503);
      expect(text).toContain('"name":"critical-one","status":"unhealthy","healthy":false');
      expect(text).not.toMatch(/SQLITE|secret-path|Error/);
    }
    critical.mode = 'up';
    await becomes(OK);
  });

  it('R32 a dependency that hangs holds up no probe, and however many ask, it is asked once', async () => {
    other.mode = 'hangs';
    await becomes(DEGRADED);
    const before = other.asked;
    const begun = performance.now();
    const answers = await Promise.all(Array.from({ length: 200 }, () => running.http.get('/health/ready')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(other.asked).toBe(before);
  });

  it('RES-11 is not ready while it drains, and lives', async () => {
    jest.spyOn(running.app.get(DrainState), 'isDraining', 'get').mockReturnValue(true);
    expect(await look(running)).toEqual({ live: 200, ready: 503, summary: 503, status: 'draining' });
    const { body } = await running.http.get('/health/ready');
    expect(body).toMatchObject({ status: 'draining', ready: false });
  });
});

describeWith(['redis-server'], 'health with a Redis that comes and goes', () => {
  let redis: RedisServer;
  let running: RunningApp;
  beforeAll(async () => {
    redis = await RedisServer.start();
    running = await startApp({ env: { REDIS_URL: redis.url } });
  });
  afterAll(async () => {
    await running.close();
    await redis.stop();
  });

  it('RES-11 a Redis that is away, or hangs, makes the process degraded, never unready and never dead', async () => {
    const becomes = (seen: Seen): Promise<void> => eventually(async () => expect(await look(running)).toEqual(seen));
    await becomes(OK);
    redis.pause();
    await becomes(DEGRADED);
    redis.resume();
    await becomes(OK);
    await redis.kill();
    await becomes(DEGRADED);
    await redis.begin();
    await becomes(OK);
  });
});
