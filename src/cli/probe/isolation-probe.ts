import { randomBytes, randomInt } from 'node:crypto';
import type { Role } from '../../platform/auth/permissions.js';
import { operationsOf, type ApiOperation, type OpenApi } from './api-operations.js';
import type { Attempt } from './attempt.js';
import { attemptsOn, type World } from './attempts-on.js';
import { makeCanary } from './canary.js';
import { cleanUp } from './clean-up.js';
import { judge, leakedIn, type Fault, type ProbeAnswer } from './judge.js';
import type { KnownIds } from './known-ids.js';
import { harvest, missingFor, type Harvest } from './learn-world.js';
import type { SendOptions } from './probe-client.js';
import { CREDENTIALS, type CredentialName, type ProbeTenant } from './probe-tenant.js';
import { seedTenant, type Seed } from './seed-tenant.js';
import { viewsOf } from './views-of.js';

const SHORTEST_CANARY = 8;
const AT_ONCE = 4;

/** Something wrong that an attempt brought to light. */
export interface Finding {
  readonly fault: Fault;
  /** `GET /api/v1/alerts/{alert_id}`. */
  readonly operation: string;
  readonly place: Attempt['place'] | 'seeding' | 'owner';
  readonly names: readonly string[];
  /** Credential that it was tried with. */
  readonly as: string;
  readonly detail: string;
}

/** What was tried on one operation. */
export interface Tried {
  readonly operation: string;
  readonly attempts: number;
  /** Attempts that were compared with the same for something missing. */
  readonly pairs: number;
  readonly places: readonly string[];
}

/** What an attack brought. */
export interface AttackResult {
  readonly tried: readonly Tried[];
  readonly findings: readonly Finding[];
}

/** What the probe works on. */
export interface ProbeParts {
  readonly baseUrl: string;
  /** Whose objects must not be reached. */
  readonly owner: ProbeTenant;
  /** Who tries to. */
  readonly stranger: ProbeTenant;
  /** Of the stranger, in the order they are tried with; all of them where left out. */
  readonly credentials?: readonly CredentialName[];
  /** How long to wait for the canaries to be judged and blocked. */
  readonly patienceMs?: number;
}

/**
 * Tries, over every operation that a deployment's API document names, to reach one tenant's objects with another tenant's credentials. Both tenants get
 * canaries first; nothing else of theirs is changed.
 */
export class IsolationProbe {
  private readonly findings: Finding[] = [];
  private readonly seeds = new Map<ProbeTenant, Seed>();
  private operations: readonly ApiOperation[] = [];
  private readonly harvests = new Map<ProbeTenant, Harvest>();
  private document: OpenApi = { paths: {} };
  private world: World | undefined;
  private readonly runId = `probe-${randomBytes(6).toString('hex')}`;
  /** Texts that only the owner may see. */
  canaries: readonly string[] = [];

  constructor(private readonly parts: ProbeParts) {}

  /** All of it: seeds, attacks, and takes the canaries back whatever happens. @throws Error where a tenant cannot be seeded. */
  async run(): Promise<AttackResult & { readonly left: readonly string[] }> {
    try {
      await this.prepare();
      return { ...(await this.attack()), left: await this.cleanUp() };
    } catch (error) {
      await this.cleanUp();
      throw error;
    }
  }

  /** Seeds both tenants. @throws Error where one cannot be seeded. */
  async prepare(): Promise<void> {
    await this.prepareOwner();
    await this.prepareStranger();
  }

  /** Makes what must not be reached. @throws Error where the owner cannot be seeded. */
  async prepareOwner(): Promise<void> {
    const { owner, baseUrl } = this.parts;
    this.document = (await (await fetch(`${baseUrl}/docs-json`)).json()) as OpenApi;
    this.operations = operationsOf(this.document);
    const seed = await this.seed(owner);
    this.harvests.set(owner, await harvest(this.operations, owner, seed));
    this.canaries = canariesAmong([...this.valuesOf(owner).values(), ...seed.secrets], []);
  }

  /** Makes the same for the stranger, which must not get anything of the owner's by that. @throws Error where the stranger cannot be seeded. */
  async prepareStranger(): Promise<void> {
    const { owner, stranger } = this.parts;
    this.watchStranger();
    const seed = await this.seed(stranger);
    for (const name of CREDENTIALS) stranger.as(name).watch = () => undefined;
    this.harvests.set(stranger, await harvest(this.operations, stranger, seed));
    const shared = new Set(this.valuesOf(stranger).values());
    this.canaries = this.canaries.filter((text) => !shared.has(text));
    this.world = {
      owner: this.valuesOf(owner),
      own: this.valuesOf(stranger),
      missing: missingFor(this.valuesOf(owner)),
      seeded: new Set(this.seeds.get(owner)?.values.keys()),
      cursors: this.harvests.get(owner)?.cursors ?? new Map(),
      schemas: this.document.components?.schemas ?? {},
    };
  }

  /** Makes every attempt with every credential of the stranger. */
  async attack(): Promise<AttackResult> {
    const tried = new Map<string, { attempts: number; pairs: number; places: Set<string> }>();
    const unseeded = new Set<string>();
    const before = await this.viewOf(this.parts.owner);
    await this.viewOf(this.parts.stranger);
    // What changes the stranger's own waits until all has been read: a list that grows meanwhile would tell an attempt from its twin.
    const passes = [this.operations.filter(isRead), this.operations.filter((operation) => !isRead(operation))];
    const credentials = this.parts.credentials ?? CREDENTIALS;
    for (const [name, operations] of credentials.flatMap((each) => passes.map((pass) => [each, pass] as const))) {
      await eachOf(operations, AT_ONCE, async (operation) => {
        const plan = attemptsOn(operation, roleOf(name), this.knownWorld());
        for (const text of plan.unseeded) unseeded.add(text);
        for (const attempt of plan.attempts) {
          await this.make(attempt, name);
          const entry = tried.get(nameOf(operation)) ?? { attempts: 0, pairs: 0, places: new Set<string>() };
          const pairs = entry.pairs + (attempt.twin && attempt.accepts !== 'own' ? 1 : 0);
          tried.set(nameOf(operation), { attempts: entry.attempts + 1, pairs, places: entry.places.add(attempt.place) });
        }
      });
    }
    this.compare(before, await this.viewOf(this.parts.owner));
    for (const text of unseeded) this.note('not_tried', text.split(':')[0] ?? '', 'owner', text);
    const rows = [...tried].map(([operation, { places, ...counts }]) => ({ operation, ...counts, places: [...places] }));
    return { tried: rows, findings: this.findings };
  }

  /** Takes the canaries back; answers what could not be. */
  async cleanUp(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const [tenant, seed] of this.seeds) left.push(...(await cleanUp(tenant, seed)));
    return left;
  }

  /** What was made for a tenant. */
  seedOf(tenant: ProbeTenant): Seed | undefined {
    return this.seeds.get(tenant);
  }

  private async make(attempt: Attempt, name: CredentialName): Promise<void> {
    const client = this.parts.stranger.as(name);
    const headers = { 'X-Correlation-ID': 'isolation-probe' };
    const send = (request: Attempt['request']): Promise<ProbeAnswer> =>
      client.send(
        { ...request, headers: { ...headers, ...request.headers } },
        this.optionsFor(attempt.operation, this.parts.stranger, name),
      );
    const answer = await send(attempt.request);
    const twin = attempt.twin && (await send(attempt.twin));
    for (const { fault, detail } of judge(attempt, answer, twin, this.canaries)) {
      this.findings.push({ fault, operation: nameOf(attempt.operation), place: attempt.place, names: attempt.names, as: name, detail });
    }
  }

  private optionsFor({ schemes, isStream }: ApiOperation, tenant: ProbeTenant, name: CredentialName): SendOptions {
    if (schemes.includes('bearer') && (name !== 'collector' || !schemes.includes('api-key'))) return { isStream };
    if (schemes.includes('basic')) {
      const { username = 'edl-domain', password = 'unknown' } = this.seeds.get(tenant)?.listCredential ?? {};
      return { credential: { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` } };
    }
    return { credential: { 'X-API-Key': tenant.as(name).apiKey } };
  }

  /** What the stranger is answered while it is seeded with the owner's idempotency keys must be its own. */
  private watchStranger(): void {
    for (const name of CREDENTIALS) {
      this.parts.stranger.as(name).watch = ({ method, path }, answer) => {
        if (answer.headers['idempotency-replayed'] !== undefined)
          this.note('replayed', `${method} ${path}`, 'seeding', "the owner's answer", name);
        const leaked = leakedIn(answer, [], this.canaries);
        if (leaked.length > 0) this.note('leaked', `${method} ${path}`, 'seeding', leaked.slice(0, 3).join(', '), name);
      };
    }
  }

  /** A tenant's objects as it sees them itself, by operation. One that it is refused, or does not find, would prove nothing. */
  private async viewOf(tenant: ProbeTenant): Promise<ReadonlyMap<string, string>> {
    const view = new Map<string, string>();
    const hasList = this.seeds.get(tenant)?.listCredential !== undefined;
    for (const { operation, path, isSearch } of viewsOf(this.operations, this.valuesOf(tenant), hasList)) {
      const request = { method: 'GET', path, headers: {}, body: undefined };
      const { status, text } = await tenant.as('tenant_admin').send(request, this.optionsFor(operation, tenant, 'tenant_admin'));
      if (!isSearch) view.set(nameOf(operation), `${status} ${text}`);
      const isFound = status === 200 && !(isSearch && text.startsWith('{"items":[]'));
      if (!isFound) this.note('not_tried', nameOf(operation), 'owner', `${tenant.id} itself finds nothing: ${status} ${path}`, tenant.id);
    }
    return view;
  }

  private async seed(tenant: ProbeTenant): Promise<Seed> {
    const options = { run: this.runId, patienceMs: this.parts.patienceMs ?? 30_000, random: randomInt };
    const seed = await seedTenant(tenant, makeCanary(randomBytes(32)), options);
    this.seeds.set(tenant, seed);
    return seed;
  }

  private valuesOf(tenant: ProbeTenant): KnownIds {
    return this.harvests.get(tenant)?.values ?? new Map();
  }

  private compare(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): void {
    for (const [operation, text] of before)
      if (after.get(operation) !== text) this.note('changed', operation, 'owner', "the owner's object is not what it was", 'owner');
  }

  private note(fault: Fault, operation: string, place: Finding['place'], detail: string, as = 'any'): void {
    this.findings.push({ fault, operation, place, names: [], as, detail });
  }

  private knownWorld(): World {
    if (!this.world) throw new Error('prepare the probe first');
    return this.world;
  }
}

/** The texts that are long enough to be known again, and not the stranger's as well. */
function canariesAmong(texts: readonly string[], shared: Iterable<string>): readonly string[] {
  const known = new Set(shared);
  return [...new Set(texts)].filter((text) => text.length >= SHORTEST_CANARY && !known.has(text));
}

const isRead = ({ method }: ApiOperation): boolean => method === 'GET';

const nameOf = ({ method, path }: ApiOperation): string => `${method} ${path}`;

const roleOf = (name: CredentialName): Role => (name === 'tenant_admin' ? 'tenant-admin' : name);

/** Does something for each item, so many at a time. */
async function eachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
