import { TLP_MARKINGS, type Tlp } from '../../contracts/tlp.js';
import type { Indicator } from './indicator.js';
import { NumberColumn } from './lookup/number-column.js';
import { TextColumn } from './lookup/text-column.js';

/** What is shown of an indicator that was matched. */
export interface IndicatorCard {
  readonly indicator_id: string;
  readonly name: string;
  readonly source: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly tlp?: Tlp;
}

/** What is needed of many indicators, in memory that threads can share. */
export interface IndicatorColumnsImage {
  readonly texts: readonly Uint8Array[];
  readonly ids: Float64Array;
  readonly names: Float64Array;
  readonly sources: readonly string[];
  readonly sourceOf: Uint32Array;
  readonly confidences: Uint8Array;
  readonly markings: Uint8Array;
  readonly from: Float64Array;
  readonly until: Float64Array;
}

const MAX_NAME = 200;

/** What is needed of many indicators when one is matched, in few large arrays: some 80 bytes and the name for each. */
export class IndicatorColumns {
  private readonly texts: TextColumn;
  private readonly ids: NumberColumn<Float64Array>;
  private readonly names: NumberColumn<Float64Array>;
  private readonly sources: string[];
  private readonly sourceOf: NumberColumn<Uint32Array>;
  private readonly confidences: NumberColumn<Uint8Array>;
  private readonly markings: NumberColumn<Uint8Array>;
  private readonly from: NumberColumn<Float64Array>;
  private readonly until: NumberColumn<Float64Array>;
  private readonly numbers = new Map<string, number>();

  /** @param image what they hold. */
  constructor(image?: IndicatorColumnsImage) {
    this.texts = new TextColumn(image?.texts);
    this.ids = NumberColumn.ofFloats(image?.ids);
    this.names = NumberColumn.ofFloats(image?.names);
    this.sources = [...(image?.sources ?? [])];
    this.sourceOf = NumberColumn.of32(image?.sourceOf);
    this.confidences = NumberColumn.of8(image?.confidences);
    this.markings = NumberColumn.of8(image?.markings);
    this.from = NumberColumn.ofFloats(image?.from);
    this.until = NumberColumn.ofFloats(image?.until);
  }

  /** What they hold; nothing may be added afterwards. */
  image(): IndicatorColumnsImage {
    return {
      texts: this.texts.image(),
      ids: this.ids.image(),
      names: this.names.image(),
      sources: this.sources,
      sourceOf: this.sourceOf.image(),
      confidences: this.confidences.image(),
      markings: this.markings.image(),
      from: this.from.image(),
      until: this.until.image(),
    };
  }

  /** @returns the number that the indicator goes by here. */
  add({ indicator_id: id, name, source, confidence, tlp, valid_from: from, valid_until: until }: Indicator): number {
    const number = this.ids.push(this.texts.add(id));
    this.names.push(this.texts.add(name.slice(0, MAX_NAME)));
    this.sourceOf.push(this.numberOf(source));
    this.confidences.push(Math.round(confidence * 100));
    this.markings.push(tlp === undefined ? 0 : TLP_MARKINGS.indexOf(tlp) + 1);
    this.from.push(from === null ? -Infinity : Date.parse(from));
    this.until.push(until === null ? Infinity : Date.parse(until));
    return number;
  }

  /** Whether the indicator was valid at some time from `from` to `to`, in milliseconds since the epoch. */
  isValid(number: number, from: number, to: number): boolean {
    return this.from.at(number) <= to && this.until.at(number) > from;
  }

  card(number: number): IndicatorCard {
    const tlp = TLP_MARKINGS[this.markings.at(number) - 1];
    return {
      indicator_id: this.texts.at(this.ids.at(number)),
      name: this.texts.at(this.names.at(number)),
      source: this.sources[this.sourceOf.at(number)] ?? '',
      confidence: this.confidences.at(number) / 100,
      ...(tlp === undefined ? {} : { tlp }),
    };
  }

  private numberOf(source: string): number {
    const known = this.numbers.get(source);
    if (known !== undefined) return known;
    this.numbers.set(source, this.sources.length);
    return this.sources.push(source) - 1;
  }
}
