/** A request as it goes over a connection. */
export interface WireMessage {
  readonly method: string;
  readonly target: string;
  /** In their order; a name may come several times. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** A message that differs from another in one place. */
export interface Mutation {
  readonly name: string;
  readonly message: WireMessage;
}

const METHODS = ['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'post', 'POSTX', 'PO'];
/** One of each class that a URL may hold or must not. */
const TARGET_CHARACTERS = [
  'a',
  'Z',
  '0',
  '/',
  '.',
  '-',
  '_',
  '~',
  '%',
  '%2F',
  '%2e',
  '%25',
  '%00',
  '%41',
  '+',
  ';',
  '@',
  ':',
  '\\',
  '*',
  ',',
];
const QUERY_CHARACTERS = ['a', 'Z', '0', '=', '&', '&&', '+', '%20', '%2B', '%', '?', '/', ';', '.', '-', '*', '#', '%C3%A9', "'"];
const VALUE_CHARACTERS = ['a', 'Z', '0', '_', ',', ' ', '=', '\t'];
/** Headers that a signature covers where they are present. */
const COVERED: Readonly<Record<string, readonly string[]>> = {
  'content-type': ['text/plain', 'application/json; charset=utf-8', 'application/JSON', '', '-'],
  'content-encoding': ['identity', 'gzip', '', '-'],
  'x-tenant-id': ['globex', 'acme-corp ,globex', 'ACME-CORP', '', '-'],
  'x-correlation-id': ['other', '', '-', 'case-1,case-1'],
  'idempotency-key': ['other', '', '-', 'KEY-1'],
};

/** Every change of one place that somebody on the way could make to a signed message. `also`: further headers that are covered or carry the signature. */
export function* mutationsOf(message: WireMessage, also: readonly string[]): Generator<Mutation> {
  yield* mutatedHeaders(message, also);
  for (const method of METHODS) yield { name: `method ${method}`, message: { ...message, method } };
  yield* mutatedTarget(message);
  yield* mutatedBody(message);
}

function* mutatedHeaders(message: WireMessage, also: readonly string[]): Generator<Mutation> {
  const names = [...Object.keys(COVERED), ...also];
  for (const name of names) {
    const others = message.headers.filter(([own]) => own.toLowerCase() !== name);
    const value = message.headers.find(([own]) => own.toLowerCase() === name)?.[1];
    const replaced = (next: string, how: string): Mutation => ({
      name: `${name} ${how}`,
      message: { ...message, headers: [...others, [name, next]] },
    });
    for (const next of COVERED[name] ?? []) if (next !== value) yield replaced(next, `becomes ${next}`);
    if (value === undefined) continue;
    yield { name: `${name} dropped`, message: { ...message, headers: others } };
    yield { name: `${name} twice`, message: { ...message, headers: [...message.headers, [name, value]] } };
    yield { name: `${name} twice, differently`, message: { ...message, headers: [[name, 'other'], ...message.headers] } };
    for (const next of changedText(value)) if (next !== value) yield replaced(next, `becomes ${next}`);
  }
}

function* changedText(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 1) {
    const [before, character = '', after] = [text.slice(0, at), text[at], text.slice(at + 1)];
    yield before + after;
    yield before + neighbour(character) + after;
    yield before + character + character + after;
    for (const other of VALUE_CHARACTERS) yield before + other + after;
    yield before + (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()) + after;
  }
  yield* [`${text}0`, `${text}\u00a0`, `\u00a0${text}`, `\u000b${text}`];
  yield `${text},${text}`;
}

/** Another character of the same kind, so that the syntax stays right. */
function neighbour(character: string): string {
  if (/[0-9]/.test(character)) return String((Number(character) + 1) % 10);
  if (/[a-f]/.test(character)) return character === 'f' ? 'a' : String.fromCharCode(character.charCodeAt(0) + 1);
  if (/[A-Za-z]/.test(character)) return /[zZ]/.test(character) ? 'y' : String.fromCharCode(character.charCodeAt(0) + 1);
  return character === '-' ? '_' : '-';
}

function* mutatedTarget(message: WireMessage): Generator<Mutation> {
  const [path = '', query = ''] = message.target.split('?');
  const with_ = (target: string): Mutation => ({ name: `target ${target}`, message: { ...message, target } });
  const targets = new Set<string>();
  for (const next of spliced(path, TARGET_CHARACTERS)) targets.add(`${next}?${query}`);
  for (const next of spliced(query, QUERY_CHARACTERS)) targets.add(`${path}?${next}`);
  for (const extra of ['/', '/.', '/..', '//', '/./', '#', '#x', '?', '/../triage', '%2e%2e/']) targets.add(`${path}${extra}?${query}`);
  for (const next of [path, `${path}?`, `${path}??${query}`, `${path}?${query}&`, `${path}?&${query}`, `${path}?${query}&${query}`])
    targets.add(next);
  targets.add(`${path}?${query.split('&').toReversed().join('&')}`);
  targets.add(`${path}?${query.toUpperCase()}`);
  targets.add(`http://127.0.0.1${message.target}`).add(`//127.0.0.1${message.target}`).add(`*`).add('');
  targets.delete(message.target);
  for (const target of targets) yield with_(target);
}

/** Everything that comes of replacing, removing or inserting one character. */
function* spliced(text: string, characters: readonly string[]): Generator<string> {
  for (let at = 0; at <= text.length; at += 1) {
    for (const character of characters) {
      yield text.slice(0, at) + character + text.slice(at);
      if (at < text.length) yield text.slice(0, at) + character + text.slice(at + 1);
    }
    if (at < text.length) yield text.slice(0, at) + text.slice(at + 1);
  }
}

function* mutatedBody(message: WireMessage): Generator<Mutation> {
  const { body } = message;
  const with_ = (name: string, next: Buffer): Mutation => ({ name: `body ${name}`, message: { ...message, body: next } });
  for (let at = 0; at < body.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const flipped = Buffer.from(body);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at);
      yield with_(`bit ${at}.${bit}`, flipped);
    }
    yield with_(`cut at ${at}`, body.subarray(0, at));
    yield with_(`space at ${at}`, Buffer.concat([body.subarray(0, at), Buffer.from(' '), body.subarray(at)]));
  }
  for (const extra of [' ', '\n', '\r\n', '\0', '}'])
    yield with_(`and ${JSON.stringify(extra)}`, Buffer.concat([body, Buffer.from(extra)]));
}
