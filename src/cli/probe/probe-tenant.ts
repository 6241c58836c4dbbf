import type { BootstrapCredential } from '../../platform/tenancy/bootstrap.js';
import { ProbeClient } from './probe-client.js';

/** Names of the credentials that the probe needs of each tenant, as a bootstrap file has them. */
export const CREDENTIALS = ['collector', 'viewer', 'analyst', 'responder', 'tenant_admin'] as const;

export type CredentialName = (typeof CREDENTIALS)[number];

/** One of the two canary tenants, with a client for each of its credentials. */
export class ProbeTenant {
  private readonly clients: ReadonlyMap<CredentialName, ProbeClient>;

  /** @throws Error where a credential is missing. */
  constructor(
    readonly id: string,
    baseUrl: string,
    private readonly credentials: Readonly<Record<string, BootstrapCredential>>,
  ) {
    this.clients = new Map(CREDENTIALS.map((name) => [name, new ProbeClient(baseUrl, this.credential(name).api_key)]));
  }

  as(name: CredentialName): ProbeClient {
    const client = this.clients.get(name);
    if (!client) throw new Error(`${this.id} has no credential ${name}`);
    return client;
  }

  principal(name: CredentialName): string {
    return this.credential(name).principal;
  }

  private credential(name: CredentialName): BootstrapCredential {
    const credential = this.credentials[name];
    if (!credential) throw new Error(`the credentials file names no ${name} of ${this.id}`);
    return credential;
  }
}
