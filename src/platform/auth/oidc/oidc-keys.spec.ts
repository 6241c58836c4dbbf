import { Logger } from '@nestjs/common';
import { OidcTestIssuer, type Misbehaviour } from '../../../../test/support/oidc-issuer.js';
import { toTenantId } from '../../../contracts/tenant.js';
import { Clock } from '../../clock/clock.js';
import { policiesWith } from '../../../../test/support/outbound-policies.js';
import type { OutboundPolicies } from '../../resilience/outbound-policies.js';
import { OutboundHttp } from '../../outbound/outbound-http.js';
import { Problem } from '../../problems/problem.js';
import type { Principal } from '../principal.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import { PUBLIC_KEY_ALGORITHMS } from '../tokens/verification-key.js';
import { OidcHttp } from './oidc-http.js';
import { trustedOidcIssuer } from './trusted-oidc-issuer.js';

class MovableClock extends Clock {
  private ahead = 0;
  now(): number {
    return Date.now() + this.ahead;
  }
  advance(seconds: number): void {
    this.ahead += seconds * 1000;
  }
}

describe('keys of an identity provider', () => {
  let provider: OidcTestIssuer;
  let clock: MovableClock;
  let policies: OutboundPolicies;
  let verifier: TokenVerifier;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    provider = await OidcTestIssuer.start();
    clock = new MovableClock();
    policies = policiesWith();
    verifier = new TokenVerifier([trusted()]);
  });
  afterEach(() => provider.stop());

  const trusted = (
    algorithms: (typeof PUBLIC_KEY_ALGORITHMS)[number][] = [...PUBLIC_KEY_ALGORITHMS],
  ): ReturnType<typeof trustedOidcIssuer> =>
    trustedOidcIssuer(
      {
        issuer: provider.issuer,
        audience: 'gatra',
        algorithms,
        tokenTypes: ['at+jwt'],
        longestLifetime: 7_200,
        tenants: [{ tenant: toTenantId('acme-corp'), claim: ['roles'], roles: new Map([['soc', 'analyst']]) }],
      },
      { http: new OidcHttp(new OutboundHttp([]), 1_500), clock, policies, environment: 'development' },
    );
  const read = (token: string, by = verifier): Promise<Principal | undefined> => by.verify(token, Date.now());
  const state = (): string | undefined => policies.find(`oidc ${provider.issuer}`)?.state;

  it('R12 are found by discovery, once for many tokens at a time', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => provider.token()));
    const principals = await Promise.all(tokens.map((token) => read(token)));
    expect(principals.map((principal) => principal?.subject)).toEqual(tokens.map(() => `${provider.issuer}#ada`));
    expect(provider.asked).toEqual(['/realms/soc/.well-known/openid-configuration', '/realms/soc/keys']);
  });

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('R12 may be of %s, where that is allowed', async (algorithm) => {
    provider.rotate({ algorithm, withdraw: true });
    const token = await provider.token();
    expect(await read(token)).toBeDefined();
    expect(await read(token, new TokenVerifier([trusted(PUBLIC_KEY_ALGORITHMS.filter((other) => other !== algorithm))]))).toBeUndefined();
  });

  it('R12 follow a rotation at once, and a withdrawal within five minutes', async () => {
    const before = await provider.token();
    expect(await read(before)).toBeDefined();
    clock.advance(10);
    provider.rotate({ withdraw: true });
    clock.advance(289);
    expect(await read(before)).toBeDefined();
    clock.advance(1);
    expect(await read(before)).toBeUndefined();
    clock.advance(10);
    provider.rotate();
    expect(await read(await provider.token())).toBeDefined();
  });

  it('R12 are not asked for again and again for ids that do not exist', async () => {
    await read(await provider.token());
    const unknown = await provider.token({}, { kid: 'nobody' });
    for (let i = 0; i < 50; i++) expect(await read(unknown)).toBeUndefined();
    expect(provider.asked).toHaveLength(2);
    clock.advance(10);
    for (let i = 0; i < 50; i++) expect(await read(unknown)).toBeUndefined();
    expect(provider.asked).toHaveLength(4);
  });

  it('R12 are not asked for at all for tokens that say too little', async () => {
    const tokens = [{ aud: 'other' }, { exp: 1 }, { sub: undefined }, { iat: undefined }].map((claims) => provider.token(claims));
    for (const token of await Promise.all(tokens)) expect(await read(token)).toBeUndefined();
    expect(await read(await provider.token({}, { typ: 'JWT' }))).toBeUndefined();
    expect(provider.asked).toEqual([]);
  });

  it('R12 serve for an hour while the provider does not answer, and then nobody is let in', async () => {
    const token = await provider.token();
    expect(await read(token)).toBeDefined();
    provider.misbehaviour = 'error';
    clock.advance(3_599);
    expect(await read(token)).toBeDefined();
    clock.advance(1);
    await expect(read(token)).rejects.toMatchObject({ type: 'unavailable', extra: { headers: { 'Retry-After': '10' } } });
    provider.misbehaviour = undefined;
  });

  it('R12 R40 are asked for no more after three failures, and the circuit says so', async () => {
    provider.misbehaviour = 'error';
    const token = await provider.token();
    expect(state()).toBe('closed');
    for (let i = 0; i < 10; i++) await expect(read(token)).rejects.toThrow(Problem);
    expect(provider.asked).toHaveLength(3);
    expect(state()).toBe('open');
  });

  it.each<Misbehaviour>(['other-issuer', 'other-scheme', 'huge', 'many-keys', 'silent', 'error', 'redirect', 'html', 'null', 'no-keys'])(
    'R12 are not believed from a provider that misbehaves: %s',
    async (misbehaviour) => {
      const token = await provider.token();
      provider.misbehaviour = misbehaviour;
      await expect(read(token)).rejects.toMatchObject({ type: 'unavailable' });
      expect(provider.asked).not.toContain('/realms/soc/elsewhere/keys');
      provider.misbehaviour = undefined;
      expect(await read(token)).toBeDefined();
    },
  );
});
