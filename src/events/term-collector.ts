import { BoundedMemo } from './bounded-memo.js';
import { digestsOf } from './hash-list.js';

const MAX_VALUE = 256;
const MEMO_CAPACITY = 8_192;
const NONE: readonly string[] = [];

type TermMaker = (value: string) => readonly string[];

const hostTerms = memoized((value) => {
  const host = value.toLowerCase();
  const dot = host.indexOf('.');
  const short = dot > 0 && !isAddressLike(host) ? host.slice(0, dot) : undefined;
  return short === undefined ? [`host:${host}`] : [`host:${host}`, `host:${short}`];
});

const userTerms = memoized((value) => {
  const user = value.toLowerCase();
  const bare = user.slice(user.lastIndexOf('\\') + 1);
  return bare === user || bare === '' ? [`user:${user}`] : [`user:${user}`, `user:${bare}`];
});

const ipTerms = memoized((value) => [`ip:${value.toLowerCase()}`]);

const processTerms = memoized((value) => {
  const path = value.toLowerCase();
  const name = path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
  return name === '' ? NONE : [`process:${name}`];
});

const hashTerms = memoized((value) => digestsOf(value).map((digest) => `hash:${digest}`));

/** Gathers the search terms of one event, each once. Anything but a short non-empty string is passed over. */
export class TermCollector {
  readonly terms: string[] = [];

  /** Full name and, of a qualified one, the first label. */
  host(value: unknown): void {
    this.add(hostTerms, value);
  }

  /** `domain\user` and the bare name. */
  user(value: unknown): void {
    this.add(userTerms, value);
  }

  /** As `user`, from a domain and a name that stand apart. */
  account(domain: unknown, name: unknown): void {
    if (typeof name !== 'string' || name === '' || name === '-') return;
    this.add(
      userTerms,
      typeof domain === 'string' && domain !== '' && domain !== '-' && !name.includes('\\') ? `${domain}\\${name}` : name,
    );
  }

  ip(value: unknown): void {
    this.add(ipTerms, value);
  }

  /** A digest, or a Sysmon list of them (`SHA1=…,MD5=…`). */
  hash(value: unknown): void {
    this.add(hashTerms, value);
  }

  /** The file name of an image path. */
  process(value: unknown): void {
    this.add(processTerms, value);
  }

  private add(maker: TermMaker, value: unknown): void {
    if (typeof value !== 'string' || value === '' || value === '-' || value.length > MAX_VALUE) return;
    for (const term of maker(value)) if (!this.terms.includes(term)) this.terms.push(term);
  }
}

function memoized(make: TermMaker): TermMaker {
  const memo = new BoundedMemo<readonly string[]>(MEMO_CAPACITY);
  return (value) => memo.get(value) ?? memo.set(value, make(value));
}

function isAddressLike(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}
