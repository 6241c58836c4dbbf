import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';

/** Ways in which a provider can go wrong. */
export type Misbehaviour =
  'other-issuer' | 'other-scheme' | 'huge' | 'many-keys' | 'silent' | 'error' | 'redirect' | 'html' | 'null' | 'no-keys';

interface IssuerKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** An OpenID provider with discovery and keys of its own, which it can replace, and which can misbehave. */
export class OidcTestIssuer {
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  misbehaviour: Misbehaviour | undefined;
  private keys: IssuerKey[];

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
  ) {
    this.keys = [makeKey('RS256')];
  }

  /** @param through answers the port under which its own is reached, where that is another. */
  static async start(through: (port: number) => Promise<number> = async (port) => port): Promise<OidcTestIssuer> {
    const server = createServer((request, response) => {
      provider.asked.push(request.url ?? '');
      provider.answer(request.url ?? '', response);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const port = await through((server.address() as AddressInfo).port);
    const provider = new OidcTestIssuer(server, `http://127.0.0.1:${port}/realms/soc`);
    return provider;
  }

  /** A token that the provider signs with its newest key. `undefined` leaves a claim out. */
  async token(claims: Readonly<Record<string, unknown>> = {}, header: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const [key] = this.keys;
    if (!key) throw new Error('the provider has no key');
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: this.issuer, aud: 'gatra', sub: 'ada', iat: now, exp: now + 300, auth_time: now, jti: randomUUID() };
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: key.algorithm, typ: 'at+jwt', kid: key.kid, ...header })
      .sign(key.privateKey);
  }

  /** Signs with a new key from now on; the old ones stay published unless they are withdrawn. */
  rotate(options: { readonly withdraw?: boolean; readonly algorithm?: 'RS256' | 'PS256' | 'ES256' | 'EdDSA' } = {}): void {
    this.keys = [makeKey(options.algorithm ?? 'RS256'), ...(options.withdraw ? [] : this.keys)];
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private answer(path: string, response: ServerResponse): void {
    if (path.endsWith('/.well-known/openid-configuration')) return this.answerDiscovery(response);
    if (path.endsWith('/keys')) return this.answerKeys(response);
    response.writeHead(404).end();
  }

  private answerDiscovery(response: ServerResponse): void {
    if (this.misbehaviour === 'silent') return;
    if (this.misbehaviour === 'error') return void response.writeHead(500).end('inner text');
    if (this.misbehaviour === 'html') return void response.end('<html></html>');
    if (this.misbehaviour === 'null') return void response.end('null');
    const issuer = this.misbehaviour === 'other-issuer' ? `${this.issuer}/` : this.issuer;
    const keys = `${this.issuer}/keys`;
    const jwks_uri = this.misbehaviour === 'other-scheme' ? 'file:///etc/passwd' : keys;
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ issuer, jwks_uri }));
  }

  private answerKeys(response: ServerResponse): void {
    response.on('error', () => undefined);
    const keys = this.keys.map(({ jwk }) => jwk);
    if (this.misbehaviour === 'redirect') return void response.writeHead(302, { Location: `${this.issuer}/elsewhere/keys` }).end();
    if (this.misbehaviour === 'huge') return void response.end(JSON.stringify({ keys, filler: 'x'.repeat(300_000) }));
    if (this.misbehaviour === 'many-keys') return void response.end(JSON.stringify({ keys: Array.from({ length: 65 }, () => keys[0]) }));
    if (this.misbehaviour === 'no-keys') return void response.end('{}');
    response.end(JSON.stringify({ keys }));
  }
}

function makeKey(algorithm: 'RS256' | 'PS256' | 'ES256' | 'EdDSA'): IssuerKey {
  const { publicKey, privateKey } = pairFor(algorithm);
  const kid = randomUUID();
  return { kid, algorithm, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' } };
}

function pairFor(algorithm: string): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}
