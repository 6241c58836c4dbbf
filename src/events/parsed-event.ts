import type { Entity } from '../contracts/entity.js';
import type { EventFormat, EventOrigin, NormalizedEvent, SecurityEvent } from '../contracts/security-event.js';
import { entitiesOf } from './entities.js';
import type { EventFacts } from './event-facts.js';
import type { EventIdentity } from './event-identity.js';
import type { EventShape } from './event-shape.js';
import { readPath } from './field-path.js';
import type { JsonObject } from './json-object.js';
import { scalarValues } from './scalar-values.js';
import type { TermCollector } from './term-collector.js';

/**
 * One event. What ingest needs of every event (origin, time, identity) is there from the start; fields, facts and
 * entities are worked out when they are asked for.
 */
export class ParsedEvent implements SecurityEvent {
  readonly origin: EventOrigin;
  readonly time: number;
  readonly timeAssumed: boolean;
  readonly identity: EventIdentity | null;
  readonly json?: string;
  private readonly event: JsonObject;
  private fieldRecord: JsonObject | undefined;
  private knownFacts: EventFacts | undefined;
  private knownNormalized: NormalizedEvent | undefined;
  private knownEntities: readonly Entity[] | undefined;

  /**
   * @param original the event as it was parsed
   * @param receivedAt arrival time in milliseconds since the epoch, used where the event holds no time
   * @param json the text that `original` was parsed from
   */
  constructor(
    readonly index: number,
    private readonly original: JsonObject,
    private readonly shape: EventShape,
    receivedAt: number,
    json: string,
  ) {
    if (shape.isReadFromText !== true) this.json = json;
    this.event = shape.prepare === undefined ? original : shape.prepare(original, receivedAt);
    this.origin = shape.origin(this.event);
    const time = shape.time(this.event, receivedAt);
    this.timeAssumed = Number.isNaN(time);
    this.time = this.timeAssumed ? receivedAt : time;
    this.identity = shape.identity(this.event);
  }

  get format(): EventFormat {
    return this.shape.format(this.event);
  }

  field(name: string): unknown {
    const fields = (this.fieldRecord ??= this.shape.fields(this.event));
    const value = fields[name];
    if (value !== undefined && typeof value !== 'function' && value !== Object.prototype) return value;
    return this.fieldByOtherName(fields, name);
  }

  values(): Iterable<string> {
    return scalarValues(this.shape.isReadFromText === true ? this.event : this.original);
  }

  get normalized(): NormalizedEvent {
    return (this.knownNormalized ??= this.normalize());
  }

  get entities(): readonly Entity[] {
    return (this.knownEntities ??= entitiesOf(this.facts));
  }

  /** Adds the terms that the event is to be found by. */
  collectTerms(terms: TermCollector): void {
    this.shape.terms(this.event, terms);
  }

  private get facts(): EventFacts {
    return (this.knownFacts ??= this.shape.facts(this.event));
  }

  private fieldByOtherName(fields: JsonObject, name: string): unknown {
    const alias = this.shape.alias?.(fields, name);
    if (alias !== undefined) return alias;
    if (!name.includes('.')) return fields === this.original ? undefined : readPath(this.original, name);
    return readPath(fields, name) ?? (fields === this.original ? undefined : readPath(this.original, name));
  }

  private normalize(): NormalizedEvent {
    const { other_users: _users, other_hosts: _hosts, ...facts } = this.facts;
    const { product, service } = this.origin;
    return {
      time: new Date(this.time).toISOString(),
      format: this.format,
      ...(product === undefined ? {} : { product }),
      ...(service === undefined ? {} : { service }),
      ...facts,
    };
  }
}
