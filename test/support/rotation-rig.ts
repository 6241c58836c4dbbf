import { setTimeout as sleep } from 'node:timers/promises';
import { toTenantId } from '../../src/contracts/tenant.js';
import { SystemClock } from '../../src/platform/clock/system-clock.js';
import { readConfig } from '../../src/platform/config/environment.js';
import { loadSecrets } from '../../src/platform/secrets/load-secrets.js';
import type { Secrets } from '../../src/platform/secrets/secrets.js';
import { ServiceKeys } from '../../src/platform/service-auth/service-keys.js';
import { SERVICES } from '../../src/platform/service-auth/service-name.js';
import { ServiceSigner } from '../../src/platform/service-auth/service-signer.js';
import { SignedHttpClient } from '../../src/platform/service-auth/signed-http-client.js';
import { AppCluster } from './app-cluster.js';
import { runGatra, type CommandResult } from './run-gatra.js';
import { underLoad, type LoadResult } from './steady-load.js';
import { TRIAGE } from './triage-call.js';

const TENANT = toTenantId('acme-corp');
const REFRESH_SECONDS = 1;
const ACTIVATION_SECONDS = 3;
/** One client stands for many services here: what it may have under way must not be what fails. */
const CALLER = { BULKHEAD_SERVICE_MAX_CONCURRENT: '1000', BULKHEAD_SERVICE_MAX_WAITING: '10000' };
const SETTINGS = { SECRETS_REFRESH_SECONDS: String(REFRESH_SECONDS), SECRETS_ACTIVATION_SECONDS: String(ACTIVATION_SECONDS) };
/** A rotation has come to its end when the new version is used everywhere. */
const ROTATED_MS = (ACTIVATION_SECONDS + REFRESH_SECONDS + 0.5) * 1_000;
const TOKEN_LIFE_MS = 1_500;
/** One request in so many is a signed call of another service. */
const SIGNED_EVERY = 5;
const CALL_MS = 30_000;

/** A version as `gatra secrets list --json` has it. */
export interface ListedVersion {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly use: string;
}

/** Clients of three instances whose secrets are rotated under them. */
export class RotationRig {
  private readonly tokens = new Map<number, { readonly token: Promise<string>; readonly until: number }>();
  private turn = 0;

  private readonly service: SignedHttpClient;
  private readonly timers: readonly NodeJS.Timeout[];

  private constructor(
    readonly cluster: AppCluster,
    private readonly clients: number,
    secrets: Secrets,
  ) {
    const signer = new ServiceSigner(new ServiceKeys(secrets.serviceKey, 'mssp', SERVICES), new SystemClock());
    this.service = new SignedHttpClient(signer, secrets.policies);
    this.timers = [
      setInterval(() => void secrets.keeper.refresh(Date.now()), REFRESH_SECONDS * 1_000),
      setInterval(() => secrets.keeper.settle(Date.now()), 500),
    ];
  }

  static async start(clients: number): Promise<RotationRig> {
    const cluster = await AppCluster.start({ env: SETTINGS });
    const config = readConfig({ ENVIRONMENT: 'development', GATRA_DATA_DIR: cluster.dataDir, ...SETTINGS, ...CALLER });
    return new RotationRig(cluster, clients, await loadSecrets(config, {}));
  }

  async stop(): Promise<(number | null)[]> {
    for (const timer of this.timers) clearInterval(timer);
    return this.cluster.stop();
  }

  gatra(...args: readonly string[]): Promise<CommandResult> {
    return runGatra(['secrets', ...args], { ENVIRONMENT: 'development', GATRA_DATA_DIR: this.cluster.dataDir, ...SETTINGS });
  }

  async versions(name: string): Promise<readonly ListedVersion[]> {
    const { out } = await this.gatra('list', '--json');
    const all = out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ListedVersion);
    return all.filter((version) => version.name === name);
  }

  /** A new token from the instance whose turn it is. */
  async token(): Promise<string> {
    const key = this.cluster.app(0).apiKey(TENANT, 'analyst');
    const answer = await this.cluster.fetch('/api/v1/auth/token', { method: 'POST', headers: { 'X-API-Key': key } });
    if (answer.status !== 200) throw new Error(`token: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** Status that an instance answers a token with. */
  async statusOf(baseUrl: string, token: string): Promise<number> {
    const answer = await fetch(`${baseUrl}/api/v1/alerts?limit=1`, { headers: { Authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    return answer.status;
  }

  /** Rotates both secrets so many times while the clients send at this rate. */
  rotateUnderLoad(times: number, rate: number): Promise<LoadResult> {
    return underLoad(
      rate,
      () => this.request(),
      async () => {
        await sleep(1_000);
        for (let rotation = 0; rotation < times; rotation += 1) {
          const results = await Promise.all(['JWT_SECRET', 'SERVICE_API_KEY'].map((name) => this.gatra('rotate', name)));
          for (const { code, err } of results) if (code !== 0) throw new Error(err);
          await sleep(ROTATED_MS);
        }
      },
    );
  }

  /** One client's next request to the next instance, with the token that another one may have made. */
  private async request(): Promise<string | undefined> {
    this.turn += 1;
    if (this.turn % SIGNED_EVERY === 0) return this.signedCall();
    const client = this.turn % this.clients;
    const status = await this.statusOf(this.cluster.next(), await this.tokenOf(client));
    return status === 200 ? undefined : `GET answered ${status}`;
  }

  /** A call of another service, which reads the secrets for itself. */
  private async signedCall(): Promise<string | undefined> {
    const url = new URL('/api/v1/triage', this.cluster.next());
    const call = { receiver: 'mssp', url, body: TRIAGE, timeoutMs: CALL_MS } as const;
    const { status, body } = await this.service.post(call, { tenant: TENANT, correlationId: `req-rotation-${this.turn}` });
    return status === 200 ? undefined : `signed call answered ${status}: ${JSON.stringify(body)}`;
  }

  private tokenOf(client: number): Promise<string> {
    const known = this.tokens.get(client);
    if (known && known.until > performance.now()) return known.token;
    const token = this.token();
    this.tokens.set(client, { token, until: performance.now() + TOKEN_LIFE_MS * (0.5 + Math.random()) });
    return token;
  }
}

/** How long until every instance refuses a token, in milliseconds; throws where one still takes it after `patienceMs`. */
export async function refusedEverywhere(rig: RotationRig, token: string, patienceMs: number): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const statuses = await Promise.all(rig.cluster.baseUrls.map((baseUrl) => rig.statusOf(baseUrl, token)));
    const elapsed = performance.now() - begun;
    if (statuses.every((status) => status === 401)) return elapsed;
    if (elapsed > patienceMs) throw new Error(`after ${Math.round(elapsed)} ms the instances answer ${statuses.join(', ')}`);
    await sleep(50);
  }
}
