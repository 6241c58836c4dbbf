import type { Entity, EntityType } from '../../contracts/entity.js';
import { formatIpBlock, type IpBlock, parseIpBlock, prefixOf } from '../../events/ip-block.js';
import type { AlertSpan } from './alert-span.js';
import { AllowList } from './allow-list.js';
import { IndicatorColumns, type IndicatorCard } from './indicator-columns.js';
import { BLOCK, type IndicatorImage, KINDS } from './indicator-image.js';
import { IndicatorError } from './indicator-error.js';
import type { IndicatorType } from './indicator.js';
import { anyValue } from './indicator-value.js';
import { entityObservation } from './entity-observation.js';
import { ipv4Number } from './lookup/ipv4-number.js';
import { ipv6BlockHash, readIpv6Words } from './lookup/ipv6-words.js';
import { urlKeys } from './lookup/url-key.js';
import { mayHoldUrl } from './lookup/url-screen.js';
import { blockHash, ValueScreen } from './lookup/value-screen.js';
import { ValueTable } from './lookup/value-table.js';
import type { MatchedIndicator } from './matched-indicator.js';
import { PatternIndex } from './pattern-index.js';
import { registryLookups } from './registry-key.js';
import type { Observation } from './stix/observation.js';
import type { MatcherCompiler } from './stix/compile-test.js';
import { StixPatternError } from './stix/stix-pattern-error.js';
import { UntriedPatterns } from './untried-patterns.js';
import { VALUE_KEYS } from './value-keys.js';

/** For those who have no patterns. */
const NO_EXPRESSIONS: MatcherCompiler = () => {
  throw new StixPatternError('regular expressions are not offered here');
};

const IPV6_BITS = 128;
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
 * Compares with a tenant's indicators: exact values in a hash table, domains with all their parents, blocks of addresses by the length of their prefix. Nearly
 * all values are on no list, which a screen tells in one pass over the text, without anything being taken out of it.
 */
export class IndicatorMatcher {
  private readonly table: ValueTable;
  private readonly columns: IndicatorColumns;
  private readonly screen: ValueScreen;
  private readonly patterns: PatternIndex;
  private readonly allowed: readonly AllowList[];
  /** The address of IPv6 at hand. */
  private readonly words = new Uint32Array(4);

  /** @param compile what regular expressions of patterns are compiled with. */
  constructor(
    readonly image: IndicatorImage,
    compile: MatcherCompiler = NO_EXPRESSIONS,
    untried = new UntriedPatterns(),
  ) {
    this.table = new ValueTable(image.table);
    this.columns = new IndicatorColumns(image.columns);
    this.screen = new ValueScreen(image.screen);
    this.patterns = new PatternIndex(image.patterns, compile, untried);
    this.allowed = image.allowed.map((list) => new AllowList(list));
  }

  /** Whether nothing can match. */
  get isEmpty(): boolean {
    return this.patterns.isEmpty && this.image.counts.every((count) => count === 0);
  }

  get hasPatterns(): boolean {
    return !this.patterns.isEmpty;
  }

  /** The indicators that an entity matches and that were valid at some time in the span, each once, surest first. */
  match(entity: Entity, span: AlertSpan): MatchedIndicator[] {
    const found = new Set<number>();
    for (const type of TYPES_OF[entity.type](entity.value)) this.lookUp(type, entity.value, span, found);
    return [...found].map((number) => ({ ...this.card(number), entity })).sort(bySureness);
  }

  /** The indicators whose patterns several entities together match, each once, with the entity by which it was found, surest first. */
  matchTogether(entities: readonly Entity[], span: AlertSpan): MatchedIndicator[] {
    const found = this.matchObservation(entityObservation(entities, span), span);
    return [...found]
      .flatMap(([number, text]) => {
        const entity = entities.find(({ value }) => value === text) ?? entities.find(({ value }) => value.endsWith(text)) ?? entities[0];
        return entity === undefined ? [] : [{ ...this.card(number), entity }];
      })
      .sort(bySureness);
  }

  /** The numbers of the indicators whose patterns an observation matches, each with the text by which it was found. */
  matchObservation(observation: Observation, span: AlertSpan): Map<number, string> {
    const found = this.patterns.match(observation, (text) => this.isAllowedText(text));
    for (const number of found.keys()) if (!this.columns.isValid(number, span.from, span.to)) found.delete(number);
    return found;
  }

  /** What is shown of the indicator of a number. */
  card(number: number): IndicatorCard {
    return this.columns.card(number);
  }

  /** Adds the numbers of the indicators to `found` that a value matches and that were valid at some time in the span; none where an allow-list covers what is seen. */
  lookUp(type: IndicatorType, value: string, span: AlertSpan, found: Set<number>): void {
    const before = found.size;
    this.seek(type, value, span, found);
    if (found.size === before || !this.allowed.some((list) => list.covers({ type, value }))) return;
    let at = 0;
    for (const number of found) if (at++ >= before) found.delete(number);
  }

  /** Whether a text that was seen is a value that an allow-list covers, whatever its kind. */
  private isAllowedText(text: string): boolean {
    if (this.allowed.length === 0) return false;
    try {
      const value = anyValue(text);
      return this.allowed.some((list) => list.covers(value));
    } catch (error) {
      if (error instanceof IndicatorError) return false;
      throw error;
    }
  }

  private seek(type: IndicatorType, value: string, span: AlertSpan, found: Set<number>): void {
    const kind = KINDS[type];
    if (this.image.counts[kind] === 0 || !this.mayHold(type, value)) return;
    switch (type) {
      case 'ip':
        return this.lookUpAddress(value, span, found);
      case 'domain':
        return this.lookUpDomain(value, span, found);
      case 'url':
        return this.lookUpUrl(value, span, found);
      case 'registry_key':
        for (const key of registryLookups(value)) this.find(kind, key, span, found);
        return;
      case 'file_name':
      case 'file_hash':
      case 'email':
      case 'mutex':
        return this.find(kind, VALUE_KEYS[type](value), span, found);
    }
  }

  /** False for what is surely not there. */
  private mayHold(type: IndicatorType, value: string): boolean {
    const kind = KINDS[type];
    switch (type) {
      case 'domain':
        return this.screen.mayHoldDomain(kind, value);
      case 'url':
        return mayHoldUrl(this.screen, kind, value);
      case 'file_name':
        return this.screen.mayHoldName(kind, value);
      case 'file_hash':
        return this.screen.mayHoldDigest(kind, value);
      case 'email':
        return this.screen.mayHoldText(kind, value);
      case 'ip':
      case 'registry_key':
      case 'mutex':
        return true;
    }
  }

  private find(kind: number, value: string, { from, to }: AlertSpan, found: Set<number>, start = 0): void {
    const take = (number: number): void => {
      if (this.columns.isValid(number, from, to)) found.add(number);
    };
    this.table.find(kind, value, take, start);
  }

  private lookUpAddress(text: string, span: AlertSpan, found: Set<number>): void {
    const address = ipv4Number(text);
    if (address === -1) return this.lookUpWrittenOtherwise(text, span, found);
    if (this.screen.mayHold(KINDS.ip, blockHash(address, 32))) this.find(KINDS.ip, text, span, found);
    for (const bits of this.image.lengths[4]) {
      const first = bits === 0 ? 0 : ((address >>> (32 - bits)) << (32 - bits)) >>> 0;
      if (this.screen.mayHold(KINDS.ip, blockHash(first, bits))) this.findBlock({ version: 4, first: BigInt(first), bits }, span, found);
    }
  }

  /** An address of IPv6, one of IPv4 that is written as such, or no address. */
  private lookUpWrittenOtherwise(text: string, span: AlertSpan, found: Set<number>): void {
    if (readIpv6Words(text, this.words) && !this.mayHoldWords()) return;
    const address = parseIpBlock(text);
    if (address === undefined) return;
    const { version, first } = address;
    this.find(KINDS.ip, formatIpBlock(address), span, found);
    for (const bits of this.image.lengths[version]) {
      if (bits <= address.bits) this.findBlock({ version, first: prefixOf(first, bits, version), bits }, span, found);
    }
  }

  /** False for an address of IPv6 that surely is neither there nor in a block. */
  private mayHoldWords(): boolean {
    if (this.screen.mayHold(KINDS.ip, ipv6BlockHash(this.words, IPV6_BITS))) return true;
    return this.image.lengths[6].some((bits) => this.screen.mayHold(KINDS.ip, ipv6BlockHash(this.words, bits)));
  }

  private findBlock(block: IpBlock, span: AlertSpan, found: Set<number>): void {
    this.find(BLOCK, formatIpBlock(block), span, found);
  }

  private lookUpUrl(text: string, span: AlertSpan, found: Set<number>): void {
    const [whole, place] = urlKeys(text) ?? [];
    if (whole === undefined || place === undefined) return;
    this.find(KINDS.url, whole, span, found);
    if (place !== whole) this.find(KINDS.url, place, span, found);
  }

  /** A domain and the domains above it, down to two labels. */
  private lookUpDomain(domain: string, span: AlertSpan, found: Set<number>): void {
    const name = domain.toLowerCase();
    const lastDot = name.lastIndexOf('.');
    this.find(KINDS.domain, name, span, found);
    for (let dot = name.indexOf('.'); dot !== -1 && dot < lastDot; dot = name.indexOf('.', dot + 1)) {
      this.find(KINDS.domain, name, span, found, dot + 1);
    }
  }
}

function bySureness(a: MatchedIndicator, b: MatchedIndicator): number {
  return b.confidence - a.confidence || (a.indicator_id < b.indicator_id ? -1 : 1);
}
