import { readConfig } from '../../src/platform/config/environment.js';
import { SystemClock } from '../../src/platform/clock/system-clock.js';
import type { Clock } from '../../src/platform/clock/clock.js';
import { loadSecrets } from '../../src/platform/secrets/load-secrets.js';
import { ServiceKeys } from '../../src/platform/service-auth/service-keys.js';
import { SERVICES, type ServiceName } from '../../src/platform/service-auth/service-name.js';
import { ServiceSigner, type SignatureForm } from '../../src/platform/service-auth/service-signer.js';
import { sendRaw, type RawAnswer } from './raw-request.js';

/** A request of one service to another, before it is signed. */
export interface ServiceRequest {
  readonly path: string;
  readonly method?: string;
  readonly tenant?: string;
  /** JSON, or the bytes as they are to be. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: SignatureForm;
}

/** A signed request, ready to be sent as often as one likes. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One of the services, with the secret of a running app's data directory. */
export class ServiceCaller {
  private constructor(
    private readonly signer: ServiceSigner,
    private readonly receiver: ServiceName,
  ) {}

  static async of(
    dataDir: string,
    name: ServiceName = 'mssp',
    clock: Clock = new SystemClock(),
    receiver: ServiceName = 'mssp',
  ): Promise<ServiceCaller> {
    const { serviceKey } = await loadSecrets(readConfig({ ENVIRONMENT: 'development', GATRA_DATA_DIR: dataDir }), {});
    return new ServiceCaller(new ServiceSigner(new ServiceKeys(serviceKey, name, SERVICES), clock), receiver);
  }

  /** Signs a request to a base URL, with a nonce of its own. */
  sign(baseUrl: string, { path, method = 'POST', tenant = 'acme-corp', body, headers = {}, form }: ServiceRequest): SignedRequest {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const own = { Host: new URL(baseUrl).host, 'Content-Type': 'application/json', 'X-Tenant-ID': tenant, ...headers };
    const message = { method, url: new URL(path, baseUrl), headers: own, body: bytes };
    const { Host: host, ...rest } = own;
    const signature = this.signer.sign({ ...message, headers: rest }, this.receiver, form);
    return { method, path, headers: { Host: host, ...rest, ...signature }, body: bytes };
  }

  /** Signs a request and sends it once. */
  send(baseUrl: string, request: ServiceRequest): Promise<RawAnswer> {
    return sendRaw(baseUrl, this.sign(baseUrl, request));
  }
}
