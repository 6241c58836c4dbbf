import { Logger } from '@nestjs/common';
import type { Clock } from '../../clock/clock.js';
import type { Config } from '../../config/config.js';
import { Problem } from '../../problems/problem.js';
import type { OutboundPolicies } from '../../resilience/outbound-policies.js';
import type { OutboundPolicy } from '../../resilience/outbound-policy.js';
import { FAILURE } from '../../resilience/verdict.js';
import { readJwkSet } from '../tokens/jwk-set.js';
import { KeySource, type VerificationKey } from '../tokens/verification-key.js';
import type { OidcHttp } from './oidc-http.js';
import type { OidcIssuer } from './oidc-issuer.js';
import { isSecure } from './oidc-issuers-file.js';

const FRESH_MS = 5 * 60_000;
const STALE_MS = 60 * 60_000;
const COOLDOWN_MS = 10_000;
const RETRY_AFTER_SECONDS = 10;

/** What reading a provider's keys needs. */
export interface OidcKeysParts {
  readonly http: OidcHttp;
  readonly clock: Clock;
  readonly policies: OutboundPolicies;
  readonly environment: Config['environment'];
}

/**
 * The keys of an identity provider, by discovery. They are read again every five minutes, and for a key id that is not among them, but then not more
 * often than every ten seconds. While the provider does not answer, the last keys serve for an hour; after that nobody can be let in.
 */
export class OidcKeys extends KeySource {
  private readonly logger = new Logger(OidcKeys.name);
  private readonly policy: OutboundPolicy;
  private known: { readonly keys: ReadonlyMap<string, VerificationKey>; readonly at: number } | undefined;
  private reading: Promise<boolean> | undefined;

  constructor(
    private readonly issuer: OidcIssuer,
    private readonly parts: OidcKeysParts,
  ) {
    super();
    // Whatever is wrong with what a provider says, nobody can be let in by it.
    this.policy = parts.policies.dependency('oidc', `oidc ${issuer.issuer}`, () => FAILURE).policy();
  }

  async find(keyId: string): Promise<VerificationKey | undefined> {
    const isCurrent = this.isYoungerThan(FRESH_MS) && (this.known?.keys.has(keyId) || this.isYoungerThan(COOLDOWN_MS));
    const isRead = isCurrent || (await this.read());
    const key = this.isYoungerThan(STALE_MS) ? this.known?.keys.get(keyId) : undefined;
    if (key || isRead) return key;
    throw new Problem('unavailable', 'The identity provider does not answer, so that its token cannot be checked. Try again later.', {
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
    });
  }

  /** Keys that were read further in the future than that, before the clock was set back, are not young. */
  private isYoungerThan(limit: number): boolean {
    const age = this.known === undefined ? Number.POSITIVE_INFINITY : this.parts.clock.now() - this.known.at;
    return age < limit && age > -limit;
  }

  /** Reads the keys again, once for all who wait; tells whether that succeeded. */
  private read(): Promise<boolean> {
    this.reading ??= this.policy
      .execute(
        async (signal) => {
          this.known = { keys: await this.discover(signal), at: this.parts.clock.now() };
          return true;
        },
        { isRepeatable: true },
      )
      .catch((error: unknown) => {
        this.logger.warn({ event: 'oidc.keys_unavailable', issuer: this.issuer.issuer, reason: (error as Error).message }, 'no keys');
        return false;
      })
      .finally(() => {
        this.reading = undefined;
      });
    return this.reading;
  }

  /** OpenID Connect Discovery 1.0 §4: the document's issuer is exactly the one that was asked for. */
  private async discover(signal: AbortSignal): Promise<ReadonlyMap<string, VerificationKey>> {
    const { issuer, algorithms } = this.issuer;
    const place = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const document = (await this.parts.http.getJson(place, issuer, signal)) as {
      readonly issuer?: unknown;
      readonly jwks_uri?: unknown;
    } | null;
    if (document?.issuer !== issuer) throw new Error('the provider says that it is another issuer');
    const { jwks_uri: keySet } = document;
    if (typeof keySet !== 'string' || !isSecure(keySet, this.parts.environment))
      throw new Error('the provider names no key set over https');
    return readJwkSet(await this.parts.http.getJson(keySet, issuer, signal), algorithms);
  }
}
