import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import type { OutboundPolicies } from '../resilience/outbound-policies.js';
import type { OutboundPolicy } from '../resilience/outbound-policy.js';
import { OutboundUnavailable } from '../resilience/outbound-unavailable.js';
import { FAILURE, PASSING_FAILURE, type Verdict } from '../resilience/verdict.js';
import { crc32c } from './crc32c.js';
import { SecretSourceError, WritableSecretSource, type StoredVersion, type VersionState } from './secret-source.js';

const CALL_MS = 5_000;
const MOST_VERSIONS = 100;
/** Of more versions than this only the newest are read: a ring of any more would cost every check. */
const MOST_LIVE = 10;

const UNKNOWN = 2;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const UNAVAILABLE = 14;
/** gRPC statuses after which the same call may work: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. */
const PASSING = new Set([4, 8, 10, 13, 14]);
const REASONS: Readonly<Record<number, string>> = {
  3: 'refuses the request',
  4: 'does not answer in time',
  7: 'refuses access',
  8: 'has no quota left',
  9: 'refuses the change in this state',
  14: 'cannot be reached',
  16: 'does not accept the credentials',
};

const STATES: Readonly<Record<string, VersionState>> = { ENABLED: 'enabled', DISABLED: 'disabled', DESTROYED: 'destroyed' };

/** Which secrets of which project are ours. */
export interface SecretManagerScope {
  readonly project: string;
  /** Goes before a secret's name to make its id. */
  readonly prefix: string;
}

/**
 * Secrets in Google Cloud Secret Manager. Payloads are checked against their CRC-32C; a version never changes, so each is accessed once and kept,
 * and a further read costs one call a secret.
 */
export class SecretManagerSource extends WritableSecretSource {
  readonly kind = 'secret-manager';
  private client: Promise<SecretManagerServiceClient> | undefined;
  private readonly payloads = new Map<string, Buffer>();
  private readonly policy: OutboundPolicy;

  constructor(
    private readonly scope: SecretManagerScope,
    private readonly connect: () => Promise<SecretManagerServiceClient>,
    policies: OutboundPolicies,
    /** How long one call may take, in milliseconds. */
    private readonly callMs = CALL_MS,
  ) {
    super();
    this.policy = policies.dependency('secret-manager', 'secret-manager', judge).policy();
  }

  async read(name: string): Promise<readonly StoredVersion[] | undefined> {
    const listed = await this.call(name, (client) =>
      client.listSecretVersions({ parent: this.parentOf(name), pageSize: MOST_VERSIONS }, { ...this.options(), autoPaginate: false }),
    ).catch((error: unknown) => {
      if (error instanceof SecretManagerFault && error.code === NOT_FOUND) return undefined;
      throw error;
    });
    if (!listed) return undefined;
    const versions = listed[0].map((version) => ({
      version: (version.name ?? '').split('/').at(-1) ?? '',
      state: STATES[String(version.state)] ?? 'disabled',
      createdAt: Number(String(version.createTime?.seconds ?? 0)) * 1_000 + Math.floor((version.createTime?.nanos ?? 0) / 1_000_000),
    }));
    versions.sort((a, b) => Number(b.version) - Number(a.version));
    const readable = new Set(versions.filter(({ state }) => state === 'enabled').slice(0, MOST_LIVE));
    this.forgetBut(name, new Set([...readable].map(({ version }) => this.versionPath(name, version))));
    const read = versions.map(async (version) => ({ ...version, bytes: readable.has(version) ? await this.access(name, version) : null }));
    return (await Promise.all(read)).flatMap((version) => (version.bytes === GONE ? [] : [version as StoredVersion]));
  }

  async add(name: string, bytes: Buffer): Promise<string> {
    const payload = { data: bytes, dataCrc32c: crc32c(bytes) };
    const [added] = await this.callOnce(name, (client) =>
      client.addSecretVersion({ parent: this.parentOf(name), payload }, this.options()),
    );
    return (added.name ?? '').split('/').at(-1) ?? '';
  }

  async disable(name: string, version: string): Promise<boolean> {
    const known = (await this.read(name))?.find((candidate) => candidate.version === version);
    if (known?.state !== 'enabled') return false;
    await this.call(name, (client) => client.disableSecretVersion({ name: this.versionPath(name, version) }, this.options()));
    return true;
  }

  override async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
    this.payloads.clear();
    await client?.close();
  }

  private async access(name: string, { version }: { readonly version: string }): Promise<Buffer | typeof GONE> {
    const path = this.versionPath(name, version);
    const known = this.payloads.get(path);
    if (known) return known;
    try {
      const [{ payload }] = await this.call(name, (client) => client.accessSecretVersion({ name: path }, this.options()));
      const bytes = Buffer.from(payload?.data ?? '');
      if (!payload?.dataCrc32c || Number(String(payload.dataCrc32c)) !== crc32c(bytes)) {
        throw new SecretSourceError(
          `version ${version} of ${name} came damaged from Secret Manager: its CRC-32C is not that of its payload`,
        );
      }
      this.payloads.set(path, bytes);
      return bytes;
    } catch (error) {
      if (error instanceof SecretManagerFault && error.code === FAILED_PRECONDITION) return GONE;
      throw error;
    }
  }

  private forgetBut(name: string, kept: ReadonlySet<string>): void {
    const own = `${this.parentOf(name)}/`;
    for (const path of this.payloads.keys()) if (path.startsWith(own) && !kept.has(path)) this.payloads.delete(path);
  }

  private call<T>(name: string, work: (client: SecretManagerServiceClient) => Promise<T>): Promise<T> {
    return this.execute(name, work, true);
  }

  /** For what must not be done twice. */
  private callOnce<T>(name: string, work: (client: SecretManagerServiceClient) => Promise<T>): Promise<T> {
    return this.execute(name, work, false);
  }

  private async execute<T>(name: string, work: (client: SecretManagerServiceClient) => Promise<T>, isRepeatable: boolean): Promise<T> {
    try {
      return await this.policy.execute(async () => work(await this.connected()), { isRepeatable });
    } catch (error) {
      throw new SecretManagerFault(name, codeOf(error));
    }
  }

  private options(): { readonly timeout: number; readonly retry: null; readonly signal: AbortSignal } {
    return { timeout: this.callMs, retry: null, signal: AbortSignal.timeout(this.callMs + 500) };
  }

  private connected(): Promise<SecretManagerServiceClient> {
    this.client ??= this.connect();
    return this.client;
  }

  private parentOf(name: string): string {
    return `projects/${this.scope.project}/secrets/${this.scope.prefix}${name}`;
  }

  private versionPath(name: string, version: string): string {
    return `${this.parentOf(name)}/versions/${version}`;
  }
}

/** FAILED_PRECONDITION: the version was disabled between being listed and being accessed. */
const FAILED_PRECONDITION = 9;
const GONE = Symbol('gone');

/** Secret Manager did not do what was asked of it. */
class SecretManagerFault extends SecretSourceError {
  constructor(
    secret: string,
    readonly code: number,
  ) {
    super(`Secret Manager ${REASONS[code] ?? 'could not be used'} for ${secret} (gRPC status ${code})`);
  }
}

/** A server that refuses has answered. */
function judge(error: unknown): Verdict {
  const code = codeOf(error);
  if (PASSING.has(code)) return PASSING_FAILURE;
  return code === UNKNOWN ? FAILURE : { outcome: 'success', retry: false };
}

function codeOf(error: unknown): number {
  if (error instanceof OutboundUnavailable) return error.reason === 'timeout' ? DEADLINE_EXCEEDED : UNAVAILABLE;
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : UNKNOWN;
}
