import { Server, status } from '@grpc/grpc-js';
import { crc32c } from '../../src/platform/secrets/crc32c.js';
import { GrpcRefusal, listen, serviceOf, unaryHandlers, type GrpcFields } from './grpc-server.js';

type State = 'ENABLED' | 'DISABLED' | 'DESTROYED';

interface Version {
  readonly number: number;
  readonly createdAt: number;
  data: Buffer | null;
  state: State;
}

/** What the server does to calls. */
export type Trouble = 'none' | 'denied' | 'unavailable' | 'slow' | 'damaged';

/** A Secret Manager of our own that speaks the protocol that Google's client ships: secrets, versions, states, checksums, and troubles on demand. */
export class SecretManagerServer {
  /** What happens to calls from now on. */
  trouble: Trouble = 'none';
  /** Calls by method. */
  readonly calls = new Map<string, number>();
  private readonly secrets = new Map<string, Version[]>();
  private readonly denied = new Set<string>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<SecretManagerServer> {
    const server = new Server();
    let answering: SecretManagerServer | undefined;
    server.addService(
      serviceOf('@google-cloud/secret-manager/build/protos/protos.json', 'google.cloud.secretmanager.v1.SecretManagerService'),
      unaryHandlers(METHODS, (method, request) => {
        if (!answering) throw new GrpcRefusal(status.UNAVAILABLE, 'not started');
        return answering.answer(method, request);
      }),
    );
    answering = new SecretManagerServer(server, await listen(server));
    return answering;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  /** Makes a secret with versions, oldest first. `id` is `projects/{project}/secrets/{id}`. */
  put(id: string, ...values: readonly string[]): void {
    this.secrets.set(id, []);
    for (const value of values) this.add(id, Buffer.from(value), 0);
  }

  /** Adds a version. @param createdAt milliseconds since the epoch. */
  add(id: string, data: Buffer, createdAt = Date.now()): number {
    const versions = this.versionsOf(id);
    const number = versions.length + 1;
    versions.push({ number, createdAt, data, state: 'ENABLED' });
    return number;
  }

  setState(id: string, number: number, state: State): void {
    const version = this.version(`${id}/versions/${number}`);
    version.state = state;
    if (state === 'DESTROYED') version.data = null;
  }

  stateOf(id: string, number: number): State {
    return this.version(`${id}/versions/${number}`).state;
  }

  /** Refuses access to one secret. */
  deny(id: string): void {
    this.denied.add(id);
  }

  private async answer(method: string, request: GrpcFields): Promise<GrpcFields> {
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
    if (this.trouble === 'denied') throw new GrpcRefusal(status.PERMISSION_DENIED, 'permission denied');
    if (this.trouble === 'unavailable') throw new GrpcRefusal(status.UNAVAILABLE, 'unavailable');
    if (this.trouble === 'slow') await new Promise((done) => setTimeout(done, 30_000).unref());
    const name = String(request['name'] ?? request['parent']);
    const secret = name.split('/').slice(0, 4).join('/');
    if (this.denied.has(secret)) throw new GrpcRefusal(status.PERMISSION_DENIED, 'permission denied');
    const methods: Record<string, () => GrpcFields> = {
      CreateSecret: () => this.createSecret(name, String(request['secretId'])),
      AddSecretVersion: () => this.addVersion(name, request['payload'] as { data: Buffer; dataCrc32c?: string }),
      ListSecretVersions: () => ({
        versions: this.versionsOf(name)
          .map((version) => describe(name, version))
          .reverse(),
      }),
      AccessSecretVersion: () => this.access(secret, name),
      EnableSecretVersion: () => this.changeState(secret, name, 'ENABLED'),
      DisableSecretVersion: () => this.changeState(secret, name, 'DISABLED'),
      DestroySecretVersion: () => this.changeState(secret, name, 'DESTROYED'),
    };
    const known = methods[method];
    if (!known) throw new GrpcRefusal(status.UNIMPLEMENTED, method);
    return known();
  }

  private createSecret(parent: string, id: string): GrpcFields {
    const name = `${parent}/secrets/${id}`;
    if (this.secrets.has(name)) throw new GrpcRefusal(status.ALREADY_EXISTS, 'exists');
    this.secrets.set(name, []);
    return { name };
  }

  private addVersion(parent: string, { data, dataCrc32c }: { data: Buffer; dataCrc32c?: string }): GrpcFields {
    if (dataCrc32c !== undefined && Number(dataCrc32c) !== crc32c(data)) throw new GrpcRefusal(status.INVALID_ARGUMENT, 'checksum');
    const number = this.add(parent, data);
    return describe(parent, this.version(`${parent}/versions/${number}`));
  }

  private access(secret: string, name: string): GrpcFields {
    const version = this.version(name);
    if (version.state !== 'ENABLED' || !version.data) throw new GrpcRefusal(status.FAILED_PRECONDITION, 'not enabled');
    const data = Buffer.from(version.data);
    const sum = crc32c(data);
    if (this.trouble === 'damaged') data[0] = (data[0] ?? 0) ^ 1;
    return { name: describe(secret, version)['name'], payload: { data, dataCrc32c: String(sum) } };
  }

  private changeState(secret: string, name: string, state: State): GrpcFields {
    const version = this.version(name);
    if (version.state === 'DESTROYED') throw new GrpcRefusal(status.FAILED_PRECONDITION, 'destroyed');
    this.setState(secret, version.number, state);
    return describe(secret, version);
  }

  private versionsOf(id: string): Version[] {
    const versions = this.secrets.get(id);
    if (!versions) throw new GrpcRefusal(status.NOT_FOUND, 'no such secret');
    return versions;
  }

  private version(name: string): Version {
    const [id = '', number = ''] = name.split('/versions/');
    const versions = this.versionsOf(id);
    const version = number === 'latest' ? versions.at(-1) : versions[Number(number) - 1];
    if (!version) throw new GrpcRefusal(status.NOT_FOUND, 'no such version');
    return version;
  }
}

function describe(secret: string, { number, state, createdAt }: Version): GrpcFields {
  const createTime = { seconds: String(Math.floor(createdAt / 1_000)), nanos: (createdAt % 1_000) * 1_000_000 };
  return { name: `${secret}/versions/${number}`, state, createTime };
}

const METHODS = [
  'CreateSecret',
  'AddSecretVersion',
  'ListSecretVersions',
  'AccessSecretVersion',
  'EnableSecretVersion',
  'DisableSecretVersion',
  'DestroySecretVersion',
];
