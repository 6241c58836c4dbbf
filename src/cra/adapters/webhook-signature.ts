import { createHmac } from 'node:crypto';

/**
 * Value of `X-GATRA-Signature`: `t={seconds},v1={hex}`, where v1 is HMAC-SHA-256 over `{t}.{body}`. A receiver recomputes it over
 * the raw body, compares in constant time, and refuses times more than five minutes away. While the key is rotated there is a `v1` for each key
 * that is live, and one of them matches.
 * @param now milliseconds since the epoch.
 */
export function signWebhook(keys: readonly Buffer[], body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const macs = keys.map((key) => createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex'));
  return `t=${seconds},${macs.map((mac) => `v1=${mac}`).join(',')}`;
}
