import { plainCondition } from './plain-condition.js';
import { plainAddressIn, plainNumber, plainTimePart } from './plain-quantities.js';
import { plainEncodings, plainFold, plainGlob, plainWindash } from './plain-text.js';

type Fields = Readonly<Record<string, unknown>>;

/** What a detection is asked about: an event's fields, and all its scalar values as text. */
export interface PlainEvent {
  field(name: string): unknown;
  values(): readonly string[];
}

/** Values of placeholders by name. */
export type PlainPlaceholders = Readonly<Record<string, readonly string[]>>;

/**
 * The meaning of a Sigma detection (specification 2.1), written for nothing but to be evidently right: the rule's document is walked for every
 * event anew, without index, cache or compiled form, and nothing of the engine is used.
 */
export class PlainSigma {
  constructor(private readonly placeholders: PlainPlaceholders = {}) {}

  /** Tells whether a `detection` holds in an event. */
  holds(detection: Fields, event: PlainEvent): boolean {
    const names = Object.keys(detection).filter((name) => name !== 'condition');
    const conditions = [detection['condition']].flat() as string[];
    return conditions.some((condition) => plainCondition(condition, names, (name) => this.search(detection[name], event)));
  }

  private search(search: unknown, event: PlainEvent): boolean {
    if (Array.isArray(search))
      return search.some((one: unknown) => (isFields(one) || Array.isArray(one) ? this.search(one, event) : this.item('', one, event)));
    if (isFields(search)) return Object.entries(search).every(([key, wanted]) => this.item(key, wanted, event));
    return this.item('', search, event);
  }

  private item(key: string, wanted: unknown, event: PlainEvent): boolean {
    const [name = '', ...modifiers] = key.split('|');
    const value = name === '' ? event.values() : event.field(name);
    const isThere = value !== undefined && value !== null && (name !== '' || event.values().length > 0);
    if (modifiers.includes('exists')) return (value !== undefined) === wanted;
    const one = (given: unknown): boolean => this.value(given, { name, modifiers, value, isThere, event });
    const list = [wanted].flat() as unknown[];
    const holds = modifiers.includes('all') ? list.every(one) : list.some(one);
    return modifiers.includes('neq') ? isThere && !holds : holds;
  }

  private value(given: unknown, asked: Asked): boolean {
    const { modifiers, value } = asked;
    if (given === null) return value === undefined || value === null || (Array.isArray(value) && value.includes(null));
    if (modifiers.includes('fieldref')) return reference(given as string, asked);
    const [plain = ''] = plainTexts(given);
    const written = modifiers.includes('expand') ? this.expand(plain) : [plain];
    return written.some((text) => this.text(text, asked));
  }

  private text(given: string, { name, modifiers, value, isThere }: Asked): boolean {
    const texts = plainTexts(value);
    const part = TIME_PARTS.find((one) => modifiers.includes(one));
    const operator = OPERATORS.find((one) => modifiers.includes(one)) ?? 'eq';
    if (part !== undefined) return texts.some((text) => compares(plainTimePart(text, part), operator, Number(given)));
    if (operator !== 'eq') return texts.some((text) => compares(plainNumber(text), operator, Number(given)));
    if (modifiers.includes('cidr')) return texts.some((text) => plainAddressIn(given, text));
    if (modifiers.includes('re')) {
      const flags = ['i', 'm', 's'].filter((flag) => modifiers.includes(flag)).join('');
      return texts.some((text) => new RegExp(given, flags).test(text));
    }
    const anywhere = modifiers.includes('contains') || (name === '' && !EDGES.some((edge) => modifiers.includes(edge)));
    const before = anywhere || modifiers.includes('endswith');
    const after = anywhere || modifiers.includes('startswith');
    const globs = (modifiers.includes('windash') ? plainWindash(given) : [given]).flatMap((glob) => plainEncodings(glob, modifiers));
    return globs.some((glob) => {
      const whole = [...(before ? ['any' as const] : []), ...glob, ...(after ? ['any' as const] : [])];
      if (whole.length > 0 && whole.every((token) => token === 'any')) return isThere;
      return texts.some((text) => plainGlob(whole, text, modifiers.includes('cased')));
    });
  }

  /** Puts every value in the place of a placeholder; `\%` is a percent sign. */
  private expand(text: string): string[] {
    const found = /(^|[^\\])%([A-Za-z0-9_.-]+)%/.exec(text);
    if (found === null) return [text.replaceAll('\\%', '%')];
    const [whole, before = '', name = ''] = found;
    const head = `${text.slice(0, found.index)}${before}`.replaceAll('\\%', '%');
    const tails = this.expand(text.slice(found.index + whole.length));
    return (this.placeholders[name] ?? []).flatMap((value) => tails.map((tail) => `${head}${value}${tail}`));
  }
}

interface Asked {
  /** Empty for keywords. */
  readonly name: string;
  readonly modifiers: readonly string[];
  readonly value: unknown;
  readonly isThere: boolean;
  readonly event: PlainEvent;
}

const EDGES = ['startswith', 'endswith'];
const OPERATORS = ['lte', 'gte', 'lt', 'gt'] as const;
const TIME_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;

function reference(other: string, { modifiers, value, event }: Asked): boolean {
  const shape = (text: string): string => (modifiers.includes('cased') ? text : plainFold(text));
  const others = plainTexts(event.field(other)).map(shape);
  return plainTexts(value)
    .map(shape)
    .some((text) =>
      others.some((one) => {
        if (modifiers.includes('contains')) return text.includes(one);
        if (modifiers.includes('startswith')) return text.startsWith(one);
        return modifiers.includes('endswith') ? text.endsWith(one) : text === one;
      }),
    );
}

function compares(value: number | undefined, operator: 'lt' | 'lte' | 'gt' | 'gte' | 'eq', than: number): boolean {
  if (value === undefined) return false;
  return { lt: value < than, lte: value <= than, gt: value > than, gte: value >= than, eq: value === than }[operator];
}

/** A value's text, or its members' where it is a list. */
function plainTexts(value: unknown): string[] {
  return ([value].flat() as unknown[]).filter((one) => one !== null && one !== undefined && typeof one !== 'object').map(String);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
