import type { Entity, EntityType } from '../../contracts/entity.js';
import { ipVersion } from '../../events/ip-address.js';
import { formatIpBlock, parseIpBlock } from '../../events/ip-block.js';
import type { AlertSpan } from './alert-span.js';
import type { AllowList } from './allow-list.js';
import { INDICATOR_TYPES, type Indicator, type IndicatorType, type IndicatorValue } from './indicator.js';
import { IndicatorColumns } from './indicator-columns.js';
import { AddressBlocks } from './lookup/address-blocks.js';
import { urlKeys } from './lookup/url-key.js';
import { ValueTable } from './lookup/value-table.js';
import { entityObservation } from './entity-observation.js';
import type { MatchedIndicator } from './matched-indicator.js';
import { PatternIndex } from './pattern-index.js';
import { compilePattern } from './stix/compile-pattern.js';
import type { MatcherCompiler } from './stix/compile-test.js';
import { mandatoryLiterals } from './stix/mandatory-literals.js';
import { readPattern } from './stix/read-pattern.js';
import { StixPatternError } from './stix/stix-pattern-error.js';

/** What keeps an indicator from being matched. */
export interface MatchGates {
  /** Of these lists any one is enough. */
  readonly allowLists?: readonly AllowList[];
  /** Least confidence, 0 to 1. */
  readonly leastConfidence?: number;
}

/** For those who have no patterns. */
const NO_EXPRESSIONS: MatcherCompiler = () => {
  throw new StixPatternError('regular expressions are not offered here');
};

const DOT = 0x2e;
const ZERO = 0x30;
const WIDTH = { 4: 32, 6: 128 } as const;
const KIND = Object.fromEntries(INDICATOR_TYPES.map((type, number) => [type, number])) as Readonly<Record<IndicatorType, number>>;
const HASH = /^[0-9a-f]{32,128}$/i;

/** What an entity is looked up as. A file is looked up by its hash where it goes by that, else, like a program, by its name. */
const TYPES_OF: Readonly<Record<EntityType, (value: string) => readonly IndicatorType[]>> = {
  ip: () => ['ip'],
  domain: () => ['domain'],
  host: () => [],
  user: () => ['email'],
  process: () => ['file_name'],
  file: (value) => [HASH.test(value) ? 'file_hash' : 'file_name'],
  cloud_account: () => [],
};

/**
 * A tenant's indicators, compiled to look-ups: exact values in a hash table, domains with all their parents, blocks of addresses by the length of their prefix.
 * Left out are revoked ones, those that are not sure enough, and values that an allow-list covers.
 */
export class IndicatorMatcher {
  private readonly table = new ValueTable();
  private readonly blocks = new AddressBlocks<number>();
  private readonly columns = new IndicatorColumns();
  private readonly patterns = new PatternIndex();

  /** @param compile what regular expressions of patterns are compiled with. */
  constructor(
    indicators: Iterable<Indicator>,
    gates: MatchGates = {},
    private readonly compile: MatcherCompiler = NO_EXPRESSIONS,
  ) {
    const { allowLists = [], leastConfidence = 0 } = gates;
    for (const indicator of indicators) {
      if (indicator.revoked || indicator.confidence < leastConfidence) continue;
      if (indicator.pattern !== undefined) this.addPattern(indicator, indicator.pattern);
      const values = indicator.values.filter((value) => !allowLists.some((list) => list.covers(value)));
      if (values.length > 0) this.add(this.columns.add(indicator), values);
    }
  }

  /** The indicators that an entity matches and that were valid at some time in the span, each once, surest first. */
  match(entity: Entity, span: AlertSpan): MatchedIndicator[] {
    const found = new Set<number>();
    for (const type of TYPES_OF[entity.type](entity.value)) this.lookUp(type, entity.value, span, found);
    return [...found].map((number) => ({ ...this.columns.card(number), entity })).sort(bySureness);
  }

  /** The indicators whose patterns several entities together match, each once, with the entity by which it was found, surest first. */
  matchTogether(entities: readonly Entity[], span: AlertSpan): MatchedIndicator[] {
    const found = this.patterns.match(entityObservation(entities, span));
    return [...found]
      .flatMap(([number, text]) => {
        const entity = entities.find(({ value }) => value === text) ?? entities.find(({ value }) => value.endsWith(text)) ?? entities[0];
        return entity === undefined || !this.columns.isValid(number, span.from, span.to) ? [] : [{ ...this.columns.card(number), entity }];
      })
      .sort(bySureness);
  }

  /** Adds the numbers of the indicators to `found` that a value matches and that were valid at some time in the span. */
  lookUp(type: IndicatorType, value: string, span: AlertSpan, found: Set<number>): void {
    const take = (number: number): void => {
      if (this.columns.isValid(number, span.from, span.to)) found.add(number);
    };
    switch (type) {
      case 'ip':
        return this.lookUpAddress(value, take);
      case 'domain':
        return this.lookUpDomain(value, take);
      case 'url':
        return this.lookUpUrl(value, take);
      case 'file_name':
        return this.table.find(KIND.file_name, value.slice(startOfName(value)).toLowerCase(), take);
      case 'file_hash':
      case 'email':
        return this.table.find(KIND[type], value.toLowerCase(), take);
    }
  }

  private add(number: number, values: readonly IndicatorValue[]): void {
    for (const { type, value } of values) {
      const block = type === 'ip' ? parseIpBlock(value) : undefined;
      if (block !== undefined && block.bits < WIDTH[block.version]) this.blocks.add(block, number);
      else this.table.add(KIND[type], type === 'url' ? (urlKeys(value)?.[0] ?? value) : value, number);
    }
  }

  /** A pattern that an earlier release took and this one cannot use is left out. */
  private addPattern(indicator: Indicator, pattern: string): void {
    try {
      const read = readPattern(pattern, '2.0');
      const literals = mandatoryLiterals(read);
      if (literals !== undefined) this.patterns.add(this.columns.add(indicator), compilePattern(read, this.compile), literals);
    } catch (error) {
      if (!(error instanceof StixPatternError)) throw error;
    }
  }

  private lookUpAddress(text: string, take: (number: number) => void): void {
    if (ipVersion(text) === 4) {
      this.table.find(KIND.ip, text, take);
      if (!this.blocks.isEmptyFor(4)) for (const number of this.blocks.holding(numberOf(text))) take(number);
      return;
    }
    const address = parseIpBlock(text);
    if (address === undefined) return;
    this.table.find(KIND.ip, formatIpBlock(address), take);
    for (const number of this.blocks.containing(address)) take(number);
  }

  private lookUpUrl(text: string, take: (number: number) => void): void {
    const [whole, place] = urlKeys(text) ?? [];
    if (whole === undefined || place === undefined) return;
    this.table.find(KIND.url, whole, take);
    if (place !== whole) this.table.find(KIND.url, place, take);
  }

  /** A domain and the domains above it, down to two labels. */
  private lookUpDomain(domain: string, take: (number: number) => void): void {
    const name = domain.toLowerCase();
    const lastDot = name.lastIndexOf('.');
    this.table.find(KIND.domain, name, take);
    for (let dot = name.indexOf('.'); dot !== -1 && dot < lastDot; dot = name.indexOf('.', dot + 1)) {
      this.table.find(KIND.domain, name, take, dot + 1);
    }
  }
}

/** An IPv4 address, which it is known to be, as a number. */
function numberOf(address: string): number {
  let [number, part] = [0, 0];
  for (let i = 0; i < address.length; i++) {
    const code = address.charCodeAt(i);
    if (code === DOT) [number, part] = [number * 256 + part, 0];
    else part = part * 10 + code - ZERO;
  }
  return number * 256 + part;
}

/** Where a path's last part begins. */
function startOfName(path: string): number {
  return Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1;
}

function bySureness(a: MatchedIndicator, b: MatchedIndicator): number {
  return b.confidence - a.confidence || (a.indicator_id < b.indicator_id ? -1 : 1);
}
