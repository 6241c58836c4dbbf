import { readFileSync } from 'node:fs';
import { toTenantId } from '../../../contracts/tenant.js';
import { compiledSchema } from '../../config/compiled-schema.js';
import type { Config } from '../../config/config.js';
import { EnvironmentError } from '../../config/variable-reader.js';
import { PUBLIC_KEY_ALGORITHMS, type PublicKeyAlgorithm } from '../tokens/verification-key.js';
import type { GRANTABLE_ROLES, OidcIssuer } from './oidc-issuer.js';

const SCHEMA = new URL('../../../../config/oidc_issuers.schema.json', import.meta.url);
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const DEFAULT_LIFETIME = 900;

/** One identity provider as written in the file. */
interface WrittenIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms?: readonly PublicKeyAlgorithm[];
  readonly token_types?: readonly string[];
  readonly max_lifetime_seconds?: number;
  readonly tenants: readonly {
    readonly tenant_id: string;
    readonly claim: readonly string[];
    readonly roles: Readonly<Record<string, (typeof GRANTABLE_ROLES)[number]>>;
  }[];
}

/**
 * Reads the file of identity providers and checks it against its JSON Schema. No file, no providers.
 * @throws EnvironmentError that lists every fault.
 */
export function readOidcIssuers(config: Pick<Config, 'tokens' | 'environment'>): readonly OidcIssuer[] {
  const file = config.tokens.oidcIssuersFile;
  if (file === null) return [];
  const written = validated(file).map((issuer) => withDefaults(issuer));
  const issuers = written.map(({ issuer }) => issuer);
  const repeated = issuers.filter((issuer, position) => issuers.indexOf(issuer) !== position);
  const faults = repeated.map((issuer) => `OIDC_ISSUERS_FILE names ${issuer} twice`);
  const insecure = issuers.filter((issuer) => !isSecure(issuer, config.environment));
  faults.push(...insecure.map((issuer) => `OIDC_ISSUERS_FILE names ${issuer}, which is not https`));
  if (faults.length > 0) throw new EnvironmentError(faults);
  return written;
}

/** Tells whether a provider may be asked at a URL: over https, or on this machine while developing. */
export function isSecure(url: string, environment: Config['environment']): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && environment === 'development' && LOOPBACK.has(hostname));
}

function withDefaults(written: WrittenIssuer): OidcIssuer {
  return {
    issuer: written.issuer,
    audience: written.audience,
    algorithms: written.algorithms ?? PUBLIC_KEY_ALGORITHMS,
    tokenTypes: written.token_types ?? ['at+jwt'],
    longestLifetime: written.max_lifetime_seconds ?? DEFAULT_LIFETIME,
    tenants: written.tenants.map(({ tenant_id, claim, roles }) => ({
      tenant: toTenantId(tenant_id),
      claim,
      roles: new Map(Object.entries(roles)),
    })),
  };
}

function validated(file: string): readonly WrittenIssuer[] {
  const validate = compiledSchema(SCHEMA);
  const content = parse(file);
  if (validate(content)) return (content as { readonly issuers: readonly WrittenIssuer[] }).issuers;
  throw new EnvironmentError((validate.errors ?? []).map(({ instancePath, message }) => `OIDC_ISSUERS_FILE ${instancePath} ${message}`));
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new EnvironmentError(['OIDC_ISSUERS_FILE cannot be read as JSON']);
  }
}
