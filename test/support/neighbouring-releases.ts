import { rmSync } from 'node:fs';
import { generateDay } from '../../src/cli/demo/generator/generate-day.js';
import { BuiltApp } from './built-app.js';
import { OtherRelease, type Ahead } from './other-release.js';

const TENANT = 'acme-corp';
const AGENTS = ['taa', 'cra', 'cla'] as const;
type Agent = (typeof AGENTS)[number];
export type Service = 'mssp' | Agent;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

/** An alert as the API shows it, as far as it is looked at. */
export interface ShownAlert {
  readonly alert_id: string;
  readonly status: string;
  readonly verdict: object | null;
}

/** Every agent as a process of its own on one installation, each behind what can have it or its caller speak as a later release. */
export class NeighbouringReleases {
  private readonly apps = new Map<Service, BuiltApp>();
  private sent = 0;

  private constructor(
    private readonly env: Readonly<Record<string, string>>,
    private readonly between: Readonly<Record<Agent, OtherRelease>>,
  ) {}

  /** @param env where cases are: in the data directory where it does not say. */
  static async start(env: Readonly<Record<string, string>>): Promise<NeighbouringReleases> {
    const [taa, cra, cla] = await Promise.all([OtherRelease.start('taa'), OtherRelease.start('cra'), OtherRelease.start('cla')]);
    const urls = { TAA_URL: taa.url, CRA_URL: cra.url, CLA_URL: cla.url };
    // The circuit lets a call through again soon after an agent was behind.
    const started = new NeighbouringReleases({ ...env, ...urls, CIRCUIT_BREAKER_SERVICE_RECOVERY_TIMEOUT: '1' }, { taa, cra, cla });
    await started.begin('mssp');
    for (const agent of AGENTS) await started.begin(agent);
    return started;
  }

  /** Says which of the neighbours is a release ahead, where an agent is asked. */
  setAhead(ahead: Ahead, agents: readonly Agent[] = AGENTS): void {
    for (const agent of agents) this.between[agent].ahead = ahead;
  }

  /** Status codes that an agent has answered since it was last asked for them. */
  answersOf(agent: Agent): readonly number[] {
    return this.between[agent].answered.splice(0);
  }

  /** Lines of the orchestrator's log with this event. */
  logged(event: string): readonly string[] {
    return this.app('mssp').printed.filter((line) => line.includes(`"event":"${event}"`));
  }

  get dataDir(): string {
    return this.app('mssp').dataDir;
  }

  /** Starts a service on what there is. @throws Error with what it printed where it does not start */
  async begin(service: Service): Promise<void> {
    const own = { GATRA_SERVICE_NAME: service, GATRA_ROLES: service === 'mssp' ? 'mssp,ada' : service };
    const first = this.apps.get('mssp');
    const app = await BuiltApp.start({ env: { ...this.env, ...own }, ...(first ? { dataDir: first.dataDir } : {}) });
    this.apps.set(service, app);
    if (service !== 'mssp') await this.between[service].standBefore(app.baseUrl, app.dataDir);
  }

  /** Ends a service as a power cut would. */
  kill(service: Service): Promise<void> {
    return this.app(service).kill();
  }

  /** Ends all processes; the data directory stays. */
  async halt(): Promise<void> {
    await Promise.all([...this.apps.values()].map((app) => app.stop({ keep: true, atOnce: true })));
  }

  async stop(): Promise<void> {
    await this.halt();
    await Promise.all(Object.values(this.between).map((between) => between.stop()));
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Sends the attack of a day of its own. */
  async sendAttack(): Promise<void> {
    const app = this.app('mssp');
    const day = new Date(Date.UTC(2026, 9, (this.sent += 1)));
    const attack = [...generateDay({ seed: this.sent, day, backgroundEvents: 300 })].filter(({ label }) => label.attack);
    for (const source of new Set(attack.map((event) => event.source))) {
      const events = attack.filter((event) => event.source === source).map(({ event }) => event);
      const headers = { 'X-API-Key': app.apiKey(TENANT, 'collector'), 'Content-Type': 'application/json' };
      const answer = await fetch(`${app.baseUrl}/api/v1/events`, { method: 'POST', headers, body: JSON.stringify({ source, events }) });
      if (answer.status !== 202) throw new Error(`events were answered ${answer.status}`);
    }
  }

  alerts(): Promise<readonly ShownAlert[]> {
    return this.list('mssp', '/api/v1/alerts');
  }

  actions(): Promise<readonly object[]> {
    return this.list('cra', '/api/v1/containment/actions');
  }

  deadLetters(): Promise<readonly object[]> {
    return this.list('mssp', '/admin/dead-letters', 'platform');
  }

  /** Says of an alert that it was a false alarm. */
  async giveFeedback(alertId: string): Promise<void> {
    const app = this.app('mssp');
    const answer = await fetch(`${app.baseUrl}/api/v1/alerts/${alertId}/feedback`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${await app.token(TENANT, 'analyst')}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ verdict: 'false_positive', comments: 'the backup job' }),
    });
    if (answer.status !== 200) throw new Error(`feedback was answered ${answer.status}`);
  }

  private app(service: Service): BuiltApp {
    const app = this.apps.get(service);
    if (!app) throw new Error(`${service} does not run`);
    return app;
  }

  private async list<Item>(service: Service, path: string, tenant = TENANT): Promise<readonly Item[]> {
    const app = this.app(service);
    const headers = { Authorization: `Bearer ${await app.token(tenant, tenant === TENANT ? 'analyst' : undefined)}` };
    const found: Item[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer: Response = await fetch(`${app.baseUrl}${path}?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, {
        headers,
      });
      if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}`);
      const page = (await answer.json()) as Page<Item>;
      found.push(...page.items);
      cursor = page.next_cursor;
    }
    return found;
  }
}
