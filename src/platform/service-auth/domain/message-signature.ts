import { MESSAGE_SIGNATURE_HEADERS, type MessageHead } from './message-head.js';
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
  const [signatureText = '', inputText = ''] = MESSAGE_SIGNATURE_HEADERS.map((name) => headers.get(name));
  const input = inputText.length > LONGEST ? null : MEMBER.exec(inputText);
  const value = signatureText.length > LONGEST ? null : SIGNATURE.exec(signatureText);
  if (!input || !value || input[1] !== value[1]) throw new SignatureRefused('malformed');
  const [, label = '', parameters = '', components = '', parameterText = ''] = input;
  const signature = Buffer.from(value[2] ?? '', 'base64');
  if (signature.toString('base64') !== value[2]) throw new SignatureRefused('malformed');
  const names = components === '' ? [] : components.slice(1, -1).split('" "');
  if (new Set(names).size !== names.length) throw new SignatureRefused('malformed');
  return { label, components: names, parameters, ...readParameters(parameterText), signature };
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
