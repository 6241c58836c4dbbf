import type { Entity } from '../../../contracts/entity.js';
import { entityKey } from './entity-key.js';

/** Alerts are linked over this much event time, in milliseconds: 4 hours. */
export const LINK_WINDOW_MS = 4 * 3_600_000;

/** An entity that was seen together with more anchors than this is common: it tells nothing of what belongs together. */
export const MOST_ANCHORS = 10;

/** An alert about more entities than this is about nothing in particular. */
const MOST_LINKS = 16;

const HASH = /^[0-9a-f]{32,128}$/i;
const ADDRESS_OF_NOBODY = /^(127\.|0\.0\.0\.0$|169\.254\.|2(2[4-9]|[34]\d|5[0-5])\.|::1?$|fe80:|ff[0-9a-f]{2}:)/;
/** The name behind the domain: `NT AUTHORITY\SYSTEM`, `CORP\DC1$`. */
const USER_OF_EVERYBODY =
  /^(?:-|n\/a|system|root|nobody|local ?service|network ?service|anonymous(?: logon)?|dwm-\d+|umfd-\d+|s-1-(?:0-0|5-(?:7|18|19|20)))$|\$$/;
const HOST_OF_EVERYBODY = /^(-|localhost(\..*)?|127\.0\.0\.1|unknown)$/;

/** What is known of an alert when it is grouped. */
export interface LinkSubject {
  readonly rule_id: string;
  readonly entities: readonly Entity[];
  /** Milliseconds since the epoch. */
  readonly event_ms: number;
}

/**
 * Keys that link an alert to others: its hosts, users, addresses, file hashes, domains and cloud accounts, without those that every machine has
 * and those that were common already before the window reached back from the alert. An alert that nothing of this kind is left of, or too much,
 * is linked by its rule alone.
 * @param commonSince when each common entity became so, in milliseconds of event time since the epoch.
 */
export function linksOf(alert: LinkSubject, commonSince: ReadonlyMap<string, number>): readonly string[] {
  const keys = linkableKeys(alert.entities).filter((key) => (commonSince.get(key) ?? Infinity) > alert.event_ms - LINK_WINDOW_MS);
  return keys.length > 0 && keys.length <= MOST_LINKS ? keys : [`rule:${alert.rule_id}`];
}

/** Keys of the entities that may link at all, without repetition. */
export function linkableKeys(entities: readonly Entity[]): readonly string[] {
  return [...new Set(entities.filter(isSpecific).map(entityKey))];
}

/**
 * The one entity that stands for where an alert happened: its first host, else its first user, address, or whatever links first. An entity
 * seen with many of these is common.
 */
export function anchorOf(entities: readonly Entity[]): string | undefined {
  const specific = entities.filter(isSpecific);
  for (const type of ['host', 'user', 'ip']) {
    const found = specific.find((entity) => entity.type === type);
    if (found) return entityKey(found);
  }
  return specific[0] && entityKey(specific[0]);
}

function isSpecific({ type, value }: Entity): boolean {
  switch (type) {
    case 'host':
      return !HOST_OF_EVERYBODY.test(value);
    case 'user':
      return !USER_OF_EVERYBODY.test(value.slice(value.lastIndexOf('\\') + 1));
    case 'ip':
      return !ADDRESS_OF_NOBODY.test(value);
    case 'file':
      return HASH.test(value);
    case 'domain':
    case 'cloud_account':
      return value.length > 1;
    case 'process':
      return false;
  }
}
