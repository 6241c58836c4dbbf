import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toTenantId } from '../../src/contracts/tenant.js';
import { monthOf } from '../../src/mssp/ingest/domain/arrival-month.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { BuiltApp } from './built-app.js';
import { eventually } from './eventually.js';
import { databaseFiles } from './kill-cycles.js';
import { marksRule, SentBatches, sendBatch } from './sent-batches.js';
import { seeded } from './seeded.js';
import { storeFaults, unsoundFiles, type StoreFaults } from './stored-events.js';
import { attachTracer, hasDied } from './strace.js';

const CALLS = ['write', 'pwrite64', 'fsync', 'fdatasync', 'rename', 'unlink', 'openat', 'ftruncate'] as const;
const FAULTS = ['error=EIO', 'error=ENOSPC', 'signal=SIGKILL'] as const;
const BATCHES = 3;
const EVENTS = 10;
const TENANTS_AT_ONCE = 60;

/** One call of a kind, the n-th of each thread, that goes wrong. */
export interface FileFault {
  readonly call: string;
  readonly fault: (typeof FAULTS)[number];
  readonly instance: number;
}

/** What one fault did. */
export interface FaultOutcome {
  readonly fault: FileFault;
  /** Whether the call was made, so that it went wrong. */
  readonly happened: boolean;
  /** Exit code or signal of the process where it ended. */
  readonly ended: string | null;
  readonly statuses: readonly (number | undefined)[];
  readonly faults: StoreFaults;
}

/** An app whose tenants' files go wrong one after another, each while its first 30 events are taken in. */
export class FaultyDisk {
  private used = 0;
  private readonly sent = new Map<string, SentBatches>();

  private constructor(
    private app: BuiltApp,
    private readonly env: Readonly<Record<string, string>>,
    private readonly directories: readonly string[],
  ) {}

  static async start(): Promise<FaultyDisk> {
    const rules = marksRule();
    const settings = mkdtempSync(join(tmpdir(), 'gatra-faults-'));
    const file = join(settings, 'tenants.json');
    const tenants = Array.from({ length: TENANTS_AT_ONCE + 1 }, (_, number) => ({
      tenant_id: `fault-${number}`,
      name: `Fault ${number}`,
      bigquery_dataset: `fault_${number}`,
      pubsub_topic: `fault-${number}-alerts`,
      rate_limits: { ingest_eps: 100_000, alerts_per_min: 100_000 },
      features: { advanced_ml: true, auto_containment: false },
    }));
    writeFileSync(file, JSON.stringify({ tenants }));
    const env = { GATRA_RULES: rules, GATRA_CONFIG: file, UV_THREADPOOL_SIZE: '1', THROTTLE_CREDENTIAL_PER_MINUTE: '1000000' };
    const app = await BuiltApp.start({ env });
    return new FaultyDisk(app, env, [rules, settings, app.dataDir]);
  }

  /** Tenants that no fault has been tried on. */
  get left(): number {
    return TENANTS_AT_ONCE - this.used;
  }

  /** Every call on a tenant's files while its first 30 events are taken in, with every fault. */
  async everyFault(): Promise<readonly FileFault[]> {
    const file = join(this.directories[1] ?? '', 'trace');
    await this.takeIn(['-e', `trace=${CALLS.join(',')}`, '-o', file]);
    const counts = new Map<string, number>();
    for (const line of readFileSync(file, 'latin1').split('\n')) {
      const call = /^(\d+) +(\w+)\(/.exec(line);
      if (call) counts.set(`${call[1]} ${call[2]}`, (counts.get(`${call[1]} ${call[2]}`) ?? 0) + 1);
    }
    const most = new Map<string, number>();
    for (const [key, count] of counts) {
      const call = key.split(' ')[1] ?? '';
      most.set(call, Math.max(most.get(call) ?? 0, count));
    }
    return [...most].flatMap(([call, count]) =>
      Array.from({ length: count }, (_, at) => FAULTS.map((fault) => ({ call, fault, instance: at + 1 }))).flat(),
    );
  }

  /** Lets one call go wrong, starts the app again where it ended, and sends again what was not acknowledged. */
  async try(fault: FileFault): Promise<FaultOutcome> {
    const { call, fault: kind, instance } = fault;
    const { tenant, sent, statuses, printed } = await this.takeIn(['-e', `trace=${call}`, '-e', `inject=${call}:${kind}:when=${instance}`]);
    const { process: child } = this.app;
    const injected = printed.includes('(INJECTED)');
    if (hasDied(child.pid ?? 0) || statuses.includes(undefined) || (injected && call.endsWith('sync')))
      await eventually(() => expect(child.exitCode ?? child.signalCode).not.toBeNull());
    const ended = child.signalCode ?? (child.exitCode === null ? null : String(child.exitCode));
    if (ended !== null) this.app = await BuiltApp.start({ dataDir: this.app.dataDir, env: this.env });
    for (const batch of sent.unanswered) {
      const status = await sendBatch(this.receiver(tenant), batch);
      if (status !== 202) throw new Error(`${JSON.stringify(fault)}: sent again it was answered ${status}`);
    }
    return { fault, happened: injected || ended === 'SIGKILL', ended, statuses, faults: await storeFaults(this.app, sent, tenant) };
  }

  /** Starts the app once more and holds every tenant's events against what was acknowledged; answers what is wrong with what. */
  async finalFaults(): Promise<{ readonly faults: readonly (StoreFaults & { tenant: string })[]; readonly unsound: readonly string[] }> {
    expect(await this.app.stop({ keep: true })).toBe(0);
    const unsound = unsoundFiles(this.app.dataDir, databaseFiles(this.app.dataDir));
    this.app = await BuiltApp.start({ dataDir: this.app.dataDir, env: this.env });
    const faults: (StoreFaults & { tenant: string })[] = [];
    for (const [tenant, sent] of this.sent) faults.push({ tenant, ...(await storeFaults(this.app, sent, tenant)) });
    return {
      faults: faults.filter(({ lost, unexpected, altered, remainder }) => lost.length + unexpected.length + altered.length + remainder > 0),
      unsound,
    };
  }

  async end(): Promise<void> {
    await this.app.kill();
    for (const directory of this.directories) rmSync(directory, { recursive: true, force: true });
  }

  private receiver(tenant: string): { readonly baseUrl: string; readonly apiKey: string } {
    return { baseUrl: this.app.baseUrl, apiKey: this.app.apiKey(tenant, 'collector') };
  }

  private async takeIn(
    options: readonly string[],
  ): Promise<{ tenant: string; sent: SentBatches; statuses: (number | undefined)[]; printed: string }> {
    const tenant = `fault-${this.used}`;
    this.used += 1;
    const sent = new SentBatches(this.used * 1_000);
    this.sent.set(tenant, sent);
    const directory = tenantDirectoryPath(this.app.dataDir, toTenantId(tenant));
    const files = [join(directory, `events-${monthOf(Date.now())}.db`), join(directory, 'cases.db')];
    const paths = files.flatMap((file) => ['', '-wal', '-shm', '-journal'].flatMap((suffix) => ['-P', file + suffix]));
    const tracer = await attachTracer(this.app.process.pid ?? 0, [...paths, ...options]);
    const statuses: (number | undefined)[] = [];
    for (let batch = 0; batch < BATCHES; batch += 1) statuses.push(await sendBatch(this.receiver(tenant), sent.next(EVENTS)));
    return { tenant, sent, statuses, printed: await tracer.end() };
  }
}

/** So many of the faults, drawn by a seed. */
export function sampleOf(faults: readonly FileFault[], size: number, seed: number): readonly FileFault[] {
  const random = seeded(seed);
  return faults
    .map((fault) => ({ fault, draw: random() }))
    .sort((a, b) => a.draw - b.draw)
    .slice(0, size)
    .map(({ fault }) => fault);
}
