import { MovableClock } from '../../../test/support/containment-rig.js';
import { SecretRing } from '../secrets/secret-ring.js';
import type { ReceivedHead } from './domain/message-head.js';
import { nonceLifetime } from './domain/time-window.js';
import { MemoryNonceStore } from './memory-nonce-store.js';
import { NonceRegister } from './nonce-register.js';
import { ServiceAuthenticator } from './service-authenticator.js';
import { ServiceKeys } from './service-keys.js';
import { SERVICES } from './service-name.js';
import { ServiceSigner, type SignatureForm } from './service-signer.js';
import { ServiceVerifier } from './service-verifier.js';

const SECRET = Buffer.from('not-a-secret-only-for-these-tests-0123456789');
const OTHER = Buffer.from('neither-is-this-one-only-for-tests-9876543210');
const BODY = Buffer.from('{"a":1}');
const SKEW = 60;

interface Rig {
  readonly clock: MovableClock;
  readonly nonces: MemoryNonceStore;
  readonly ring: SecretRing;
  sign(form?: SignatureForm, changes?: Record<string, string>): ReceivedHead;
  ask(head: ReceivedHead, body?: Buffer | (() => Promise<Buffer>)): Promise<string>;
}

/** A receiver and a sender that share a clock and a secret. */
function rig(skewSeconds = SKEW, ring = SecretRing.of(SECRET)): Rig {
  const clock = new MovableClock();
  const nonces = new MemoryNonceStore(clock);
  clock.time += 1_000_000;
  const verifier = new ServiceVerifier({ keys: new ServiceKeys(ring, 'taa', SERVICES), skewSeconds });
  const authenticator = new ServiceAuthenticator({ verifier, nonces: new NonceRegister(nonces, null), clock });
  const signer = new ServiceSigner(new ServiceKeys(ring, 'mssp', SERVICES), clock);
  return {
    clock,
    nonces,
    ring,
    sign(form, changes = {}) {
      const headers = { 'X-Tenant-ID': 'acme-corp', 'Content-Type': 'application/json' };
      const signature = signer.sign({ method: 'POST', url: new URL('http://taa.example/api/v1/triage'), headers, body: BODY }, 'taa', form);
      const all = { Host: 'taa.example', ...headers, ...signature, ...changes };
      return { method: 'POST', target: '/api/v1/triage', rawHeaders: Object.entries(all).flat(), isEncrypted: false };
    },
    async ask(head, body = BODY) {
      const readBody = typeof body === 'function' ? body : async () => body;
      return authenticator.authenticate(head, readBody, false).then(
        ({ sender }) => sender,
        (error: Error) => error.message,
      );
    },
  };
}

describe('ServiceAuthenticator', () => {
  it.each(['gatra', 'rfc9421'] as const)('SIG-05 takes a signature (%s) exactly as long as the skew allows', async (form) => {
    for (const skew of [1, SKEW, 300]) {
      for (const [seconds, fate] of [
        [-skew - 1, 'out_of_time'],
        [-skew, 'mssp'],
        [0, 'mssp'],
        [skew, 'mssp'],
        [skew + 1, 'out_of_time'],
      ] as const) {
        for (const ms of [0, 999]) {
          const { clock, sign, ask } = rig(skew);
          const head = sign(form);
          clock.time = Math.floor(clock.time / 1_000) * 1_000 + seconds * 1_000 + ms;
          expect([skew, seconds, ms, await ask(head)]).toEqual([skew, seconds, ms, fate]);
        }
      }
    }
  });

  it.each(['gatra', 'rfc9421'] as const)('SIG-05 remembers a nonce (%s) from the first moment of its window to the last', async (form) => {
    const { clock, sign, ask } = rig();
    const signedAt = clock.time;
    const head = sign(form);
    clock.time = signedAt - SKEW * 1_000;
    expect(await ask(head)).toBe('mssp');
    for (let now = clock.time; now <= signedAt + SKEW * 1_000 + 999; now += 13_000) {
      clock.time = now;
      expect(await ask(head)).toBe('replayed');
    }
    clock.time = signedAt + SKEW * 1_000;
    expect(await ask(head)).toBe('replayed');
  });

  it('SIG-05 a body that is held back does not outlive the memory of its nonce', async () => {
    const { clock, sign, ask } = rig();
    const signedAt = clock.time;
    const head = sign();
    clock.time = signedAt - SKEW * 1_000;
    expect(await ask(head)).toBe('mssp');
    clock.time = signedAt + SKEW * 1_000;
    const slowly = async (): Promise<Buffer> => {
      clock.time += 60_000;
      return BODY;
    };
    expect(await ask(head, slowly)).toBe('out_of_time');
  });

  it('SIG-05 a nonce lives longer than both halves of the window, for every skew there is', () => {
    for (let skew = 1; skew <= 300; skew += 1) expect(nonceLifetime(skew)).toBeGreaterThanOrEqual((2 * skew + 1) * 1_000);
  });

  it('R13 reads no body, and remembers no nonce, for whom it does not know', async () => {
    const { nonces, sign, ask, clock } = rig();
    const unread = (): Promise<Buffer> => Promise.reject(new Error('the body was read'));
    const stranger = rig(SKEW, SecretRing.of(OTHER));
    stranger.clock.time = clock.time;
    expect(await ask(stranger.sign(), unread)).toBe('unknown_key');
    expect(await ask({ ...sign(), rawHeaders: [] }, unread)).toBe('unsigned');
    expect(await ask(sign('gatra', { 'X-Service-Name': 'cla' }), unread)).toBe('unknown_key');
    expect(await ask(sign('gatra', { 'X-Service-Signature': `v1=${'0'.repeat(64)}` }))).toBe('wrong_signature');
    expect(await ask(sign('rfc9421'), Buffer.from('{"a":2}'))).toBe('wrong_digest');
    const late = sign();
    clock.time += 61_000;
    expect(await ask(late, unread)).toBe('out_of_time');
    expect(nonces.size).toBe(0);
  });

  it('R13 takes one of several signatures, and four at most', async () => {
    const { sign, ask } = rig();
    const headers = (signature: (right: string) => string): ReceivedHead => {
      const head = sign();
      const right = head.rawHeaders[head.rawHeaders.indexOf('X-Service-Signature') + 1] ?? '';
      return { ...head, rawHeaders: head.rawHeaders.map((text) => (text === right ? signature(right) : text)) };
    };
    const wrong = (digit: number): string => `v1=${String(digit).repeat(64)}`;
    expect(await ask(headers((right) => `${wrong(1)},${right}`))).toBe('mssp');
    expect(await ask(headers((right) => `${right},${wrong(1)},${wrong(2)},${wrong(3)}`))).toBe('mssp');
    expect(await ask(headers((right) => `${wrong(1)},${wrong(2)},${wrong(3)},${wrong(4)},${right}`))).toBe('malformed');
    expect(await ask(headers((right) => `${right},${right}`))).toBe('malformed');
  });

  it('R66 checks with every live version of the secret, signs with the current one, and refuses one that is gone', async () => {
    const old = { version: '1', bytes: SECRET };
    const next = { version: '2', bytes: OTHER };
    const sender = rig(SKEW, new SecretRing([old]));
    const receiver = rig(SKEW, new SecretRing([old]));
    for (const ring of [receiver.ring, sender.ring]) {
      expect(await receiver.ask(sender.sign())).toBe('mssp');
      ring.replace(ring === receiver.ring ? [old, next] : [next, old]);
      expect(await receiver.ask(sender.sign())).toBe('mssp');
    }
    const before = rig(SKEW, new SecretRing([old]));
    expect(await receiver.ask(before.sign())).toBe('mssp');
    receiver.ring.replace([next]);
    expect(await receiver.ask(sender.sign())).toBe('mssp');
    expect(await receiver.ask(before.sign())).toBe('unknown_key');
  });

  it('R13 keys are of one pair and one direction', () => {
    const ids = SERVICES.flatMap((sender) =>
      SERVICES.map((receiver) => new ServiceKeys(SecretRing.of(SECRET), sender, SERVICES).signing(receiver)),
    );
    expect(new Set(ids.map(({ keyId }) => keyId)).size).toBe(25);
    expect(new Set(ids.map(({ bytes }) => bytes.toString('hex'))).size).toBe(25);
  });
});
