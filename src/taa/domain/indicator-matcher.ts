import type { Entity, EntityType } from '../../contracts/entity.js';
import type { Indicator, IndicatorType } from './indicator.js';
import { type IpBlock, parseIpBlock, prefixOf } from '../../events/ip-block.js';
import type { MatchedIndicator } from './matched-indicator.js';

/** The span of time that an alert covers, in milliseconds since the epoch: from its event to when it was raised. */
export interface AlertSpan {
  readonly from: number;
  readonly to: number;
}

interface Compiled {
  readonly indicator: Indicator;
  readonly from: number;
  readonly until: number;
}

/** What an entity is looked up by, besides addresses. A file is matched where it goes by its hash. */
const KEYS_OF: Readonly<Record<EntityType, (value: string) => readonly string[]>> = {
  ip: () => [],
  domain: (value) => withParents(value).map((name) => keyOf('domain', name)),
  host: () => [],
  user: (value) => [keyOf('email', value)],
  process: () => [],
  file: (value) => [keyOf('file_hash', value.toLowerCase())],
  cloud_account: () => [],
};

/** A tenant's indicators, compiled to look-ups: exact values, domains with all their parents, addresses by prefix length. */
export class IndicatorMatcher {
  private readonly exact = new Map<string, Compiled[]>();
  private readonly blocks = { 4: new Map<number, Map<bigint, Compiled[]>>(), 6: new Map<number, Map<bigint, Compiled[]>>() };

  /** Revoked indicators are left out. */
  constructor(indicators: Iterable<Indicator>) {
    for (const indicator of indicators) {
      if (!indicator.revoked) this.add(indicator);
    }
  }

  /** The indicators that an entity matches and that were valid at some time in the span, each once, surest first. */
  match(entity: Entity, span: AlertSpan): MatchedIndicator[] {
    const found = new Set<Compiled>();
    for (const compiled of this.lookUp(entity)) {
      if (compiled.from <= span.to && compiled.until > span.from) found.add(compiled);
    }
    return [...found].map(({ indicator }) => matched(indicator, entity)).sort(bySureness);
  }

  private add(indicator: Indicator): void {
    const from = indicator.valid_from === null ? -Infinity : Date.parse(indicator.valid_from);
    const until = indicator.valid_until === null ? Infinity : Date.parse(indicator.valid_until);
    const compiled = { indicator, from, until };
    for (const { type, value } of indicator.values) {
      const block = type === 'ip' ? parseIpBlock(value) : undefined;
      if (block === undefined) append(this.exact, keyOf(type, value), compiled);
      else this.addBlock(block, compiled);
    }
  }

  private addBlock({ version, bits, first }: IpBlock, compiled: Compiled): void {
    const ofLength = this.blocks[version].get(bits) ?? new Map<bigint, Compiled[]>();
    this.blocks[version].set(bits, ofLength);
    append(ofLength, first, compiled);
  }

  private *lookUp({ type, value }: Entity): Generator<Compiled> {
    if (type === 'ip') yield* this.lookUpAddress(value);
    for (const key of KEYS_OF[type](value)) yield* this.exact.get(key) ?? [];
  }

  private *lookUpAddress(text: string): Generator<Compiled> {
    const address = parseIpBlock(text);
    if (address === undefined) return;
    for (const [bits, ofLength] of this.blocks[address.version]) {
      yield* ofLength.get(prefixOf(address.first, bits, address.version)) ?? [];
    }
  }
}

/** A domain and the domains above it, down to two labels. */
function withParents(domain: string): string[] {
  const names = [domain];
  for (let dot = domain.indexOf('.'); dot !== -1; dot = domain.indexOf('.', dot + 1)) {
    const parent = domain.slice(dot + 1);
    if (parent.includes('.')) names.push(parent);
  }
  return names;
}

function append<K>(map: Map<K, Compiled[]>, key: K, compiled: Compiled): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [compiled]);
  else list.push(compiled);
}

function keyOf(type: IndicatorType, value: string): string {
  return `${type} ${value}`;
}

function matched({ indicator_id, name, source, confidence }: Indicator, entity: Entity): MatchedIndicator {
  return { indicator_id, name, source, confidence, entity };
}

function bySureness(a: MatchedIndicator, b: MatchedIndicator): number {
  return b.confidence - a.confidence || (a.indicator_id < b.indicator_id ? -1 : 1);
}
