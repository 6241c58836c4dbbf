import type { Logsource } from '../sigma-rule.js';
import { type FieldNames, KnownFields } from './known-fields.js';

/** The fields of one product's events, or of those that any product may have (`config/logsource_fields.schema.json`). */
export interface ProductFields {
  readonly product?: string;
  /** Of every event. */
  readonly fields?: FieldNames;
  readonly categories?: Readonly<Record<string, FieldNames>>;
  readonly services?: Readonly<Record<string, FieldNames>>;
}

/** Which fields the events of log sources carry, where that is known. */
export class FieldTaxonomy {
  private readonly bySource = new Map<string, KnownFields | undefined>();

  constructor(private readonly products: readonly ProductFields[]) {}

  /**
   * The fields of a log source's events; `undefined` where it names neither category nor service, or one whose fields are not known. Where it names no
   * product, the names of all products count.
   */
  fieldsOf({ product, category, service }: Logsource): KnownFields | undefined {
    const key = JSON.stringify([product, category, service]);
    if (this.bySource.has(key)) return this.bySource.get(key);
    const found = this.find(product, [...sourceNamed('category', category), ...sourceNamed('service', service)]);
    this.bySource.set(key, found);
    return found;
  }

  private find(product: string | undefined, wanted: readonly string[]): KnownFields | undefined {
    const speaking = this.products.filter((one) => product === undefined || one.product === undefined || one.product === product);
    const parts = wanted.map((source) => speaking.flatMap((one) => entryOf(one, source)));
    if (parts.length === 0 || parts.some((part) => part.length === 0)) return undefined;
    const also = parts.flat().flatMap(({ like = [] }) => like.flatMap((source) => this.products.flatMap((one) => entryOf(one, source))));
    return new KnownFields([...parts.flat(), ...also, ...speaking.flatMap(({ fields }) => fields ?? [])]);
  }
}

function sourceNamed(kind: 'category' | 'service', name: string | undefined): readonly string[] {
  return name === undefined ? [] : [`${kind} ${name}`];
}

function entryOf({ categories = {}, services = {} }: ProductFields, source: string): readonly FieldNames[] {
  const blank = source.indexOf(' ');
  const sources = source.slice(0, blank) === 'category' ? categories : services;
  const name = source.slice(blank + 1);
  return Object.hasOwn(sources, name) ? [sources[name] ?? {}] : [];
}
