import type { MessageHead } from './message-head.js';
import { SignatureRefused } from './signature-refused.js';

const LONGEST = 2_048;
const MEMBER =
  /^([a-z*][a-z0-9_\-.*]{0,31})=(\(("[a-z0-9@-]{1,64}"(?: "[a-z0-9@-]{1,64}"){0,31})?\)((?:;[a-z]{1,16}=(?:[0-9]{1,12}|"[ !#-[\]-~]{0,128}"))*))$/;
const PARAMETER = /;([a-z]+)=(?:([0-9]+)|"([^"]*)")/g;
const SIGNATURE = /^([a-z*][a-z0-9_\-.*]{0,31})=:([A-Za-z0-9+/]{1,512}={0,2}):$/;
const NUMBERS: ReadonlySet<string> = new Set(['created', 'expires']);
const TEXTS: ReadonlySet<string> = new Set(['nonce', 'alg', 'keyid', 'tag']);

/** One signature of a message as RFC 9421 §4 writes it. */
export interface MessageSignature {
  readonly label: string;
  /** Names of the covered components, in the order signed. */
  readonly components: readonly string[];
  /** The value of `@signature-params`, as it came. */
  readonly parameters: string;
  readonly created: number | undefined;
  readonly expires: number | undefined;
  readonly nonce: string | undefined;
  readonly alg: string | undefined;
  readonly keyid: string | undefined;
  readonly tag: string | undefined;
  readonly signature: Buffer;
}

/**
 * Reads `Signature-Input` and `Signature`. Of structured fields (RFC 9651) it takes one dictionary member, written as a serialiser writes it: components
 * without parameters, known parameters once each, no escapes. What could be written in two ways is refused, not normalised.
 * @throws SignatureRefused `malformed`
 */
export function readMessageSignature({ headers }: Pick<MessageHead, 'headers'>): MessageSignature {
  const { label, ...input } = readInput(headers.get('signature-input') ?? '');
  const { 1: signedLabel, 2: text = '' } = SIGNATURE.exec(headers.get('signature') ?? '') ?? [];
  const signature = Buffer.from(text, 'base64');
  if (signedLabel !== label || signature.toString('base64') !== text) throw new SignatureRefused('malformed');
  return { label, ...input, signature };
}

function readInput(text: string): Omit<MessageSignature, 'signature'> {
  const { 1: label, 2: parameters = '', 3: list, 4: parameterText = '' } = (text.length > LONGEST ? null : MEMBER.exec(text)) ?? [];
  const components = list === undefined ? [] : list.slice(1, -1).split('" "');
  if (label === undefined || new Set(components).size !== components.length) throw new SignatureRefused('malformed');
  return { label, components, parameters, ...readParameters(parameterText) };
}

type Parameters = Pick<MessageSignature, 'created' | 'expires' | 'nonce' | 'alg' | 'keyid' | 'tag'>;

function readParameters(text: string): Parameters {
  const found = new Map<string, string | number>();
  for (const [, name = '', digits, quoted] of text.matchAll(PARAMETER)) {
    const isKnown = digits === undefined ? TEXTS.has(name) : NUMBERS.has(name) && String(Number(digits)) === digits;
    if (!isKnown || found.has(name)) throw new SignatureRefused('malformed');
    found.set(name, digits === undefined ? (quoted ?? '') : Number(digits));
  }
  return Object.fromEntries(found) as unknown as Parameters;
}
