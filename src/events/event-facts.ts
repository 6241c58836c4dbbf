import type { NormalizedEvent } from '../contracts/security-event.js';

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** The part of a normalised event that depends on its format, as the format's recogniser fills it in. */
export interface EventFacts extends Writable<Omit<NormalizedEvent, 'time' | 'format' | 'product' | 'service'>> {
  /** Further parties beside `host`, `user`, `src_ip` and `dst_ip`: they become entities and nothing else. */
  other_users?: string[];
  other_hosts?: string[];
}

type TextFact = { [Name in keyof EventFacts]-?: EventFacts[Name] extends string | undefined ? Name : never }[keyof EventFacts];

/** Writes facts, leaving out what a source writes for "nothing": empty text, `-`, and values of other types. */
export class FactSheet {
  readonly facts: EventFacts = {};

  /** Sets a fact to the first of the values that says something. */
  set(name: Exclude<TextFact, 'outcome'>, ...values: unknown[]): this {
    for (const value of values) {
      if (typeof value !== 'string' || value === '' || value === '-') continue;
      this.facts[name] = value;
      break;
    }
    return this;
  }

  /** Sets the destination port from a number or digits. */
  port(value: unknown): this {
    const port = typeof value === 'string' && value !== '' ? Number(value) : value;
    if (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535) this.facts.dst_port = port;
    return this;
  }

  /** Sets the outcome; `undefined` leaves it unsaid. */
  outcome(success: boolean | undefined): this {
    if (success !== undefined) this.facts.outcome = success ? 'success' : 'failure';
    return this;
  }

  /** Sets the hashes when there are any. */
  hashes(values: readonly string[]): this {
    if (values.length > 0) this.facts.hashes = values;
    return this;
  }

  /** Adds a user besides the main one. */
  otherUser(value: unknown): this {
    if (typeof value === 'string' && value !== '' && value !== '-') (this.facts.other_users ??= []).push(value);
    return this;
  }

  /** Adds a host besides the main one. */
  otherHost(value: unknown): this {
    if (typeof value === 'string' && value !== '' && value !== '-') (this.facts.other_hosts ??= []).push(value);
    return this;
  }
}
