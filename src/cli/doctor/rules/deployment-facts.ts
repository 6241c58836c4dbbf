import type { Seen } from './check.js';

/** An API key as the lists show it. */
export interface ListedKey {
  readonly key_id: string;
  readonly tenant_id: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

/** How TLS is spoken. */
export interface TlsFacts {
  /** `TLSv1.3`. */
  readonly protocol: string;
  /** Whether a version before 1.2 is spoken too. */
  readonly speaksOld: boolean;
  /** When the certificate ends, in milliseconds. */
  readonly validTo: number;
}

/** What a running deployment answered. */
export interface DeploymentFacts {
  readonly baseUrl: string;
  /** Milliseconds. */
  readonly now: number;
  /** Null where the deployment is spoken to without. */
  readonly tls: Seen<TlsFacts | null>;
  /** By path: the status, and what is said to be down. */
  readonly health: Seen<readonly { readonly path: string; readonly status: number; readonly down: readonly string[] }[]>;
  /** Of an answer of the API; names in lower case. */
  readonly headers: Seen<Readonly<Record<string, string>>>;
  /** What a page of a stranger's is told that it may read. */
  readonly cors: Seen<string | null>;
  /** By operation, what was answered to who had no credential. */
  readonly unauthenticated: Seen<readonly { readonly operation: string; readonly status: number }[]>;
  /** Operations that the API document calls public. */
  readonly open: Seen<readonly string[]>;
  readonly secrets: Seen<readonly { readonly name: string; readonly is_set: boolean }[]>;
  /** By tenant, as the deployment limits it, and who decides. */
  readonly limits: Seen<{
    readonly backend: string;
    readonly items: readonly { readonly tenant_id: string; readonly policies: readonly string[] }[];
  }>;
  readonly circuits: Seen<readonly { readonly service: string; readonly state: string }[]>;
  /** Whether there are dead letters, by kind of the first of them. */
  readonly deadLetters: Seen<readonly string[]>;
  readonly keys: Seen<readonly ListedKey[]>;
  /** The platform's log from its first record on, as far as it was read. */
  readonly audit: Seen<{ readonly records: number; readonly isWhole: boolean; readonly fault?: string }>;
  /** Requests that were refused in the last seven days, as the platform's log has them. */
  readonly refusals: Seen<number>;
  /** Version of Node. */
  readonly node: Seen<string>;
  /** Seconds that the server's clock is ahead of ours. */
  readonly skew: Seen<number>;
  /** Whether what looks like an attack reached the platform. */
  readonly attackArrives: Seen<boolean>;
  /** What a tenant was answered that named another. */
  readonly foreign: Seen<readonly { readonly request: string; readonly status: number }[]>;
}
