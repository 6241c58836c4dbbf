import type { Tlp } from '../../contracts/tlp.js';

export const INDICATOR_TYPES = ['ip', 'domain', 'url', 'file_hash', 'file_name', 'email', 'registry_key', 'mutex'] as const;

export type IndicatorType = (typeof INDICATOR_TYPES)[number];

/**
 * One thing that an indicator looks for, in canonical form: an address or address block (`192.0.2.0/24`), a domain (with all below it), a URL,
 * a hash in lower-case hexadecimal, a file's name without its directory, an e-mail address, a key of the Windows registry (`hklm\\software\\…`), a mutex
 * without its namespace.
 */
export interface IndicatorValue {
  readonly type: IndicatorType;
  readonly value: string;
}

/** What a source says: any of these values is a sign of something. Times are RFC 3339 UTC with milliseconds. */
export interface IndicatorReport {
  /** Identifier that its source gave it: a STIX id, or the value itself in a plain list. */
  readonly external_id: string;
  readonly name: string;
  readonly values: readonly IndicatorValue[];
  readonly valid_from: string | null;
  readonly valid_until: string | null;
  /** 0 to 1; one half where the source does not say. */
  readonly confidence: number;
  readonly revoked: boolean;
  /** When its source made this version of it, where it says so. */
  readonly modified?: string;
  /** Where the indicator is more than a list of values: the STIX pattern that events are compared with. There are no values then. */
  readonly pattern?: string;
  /** Whom it may be shared with, where its source says so. */
  readonly tlp?: Tlp;
}

/** An indicator of a tenant, as users and stores see it. */
export interface Indicator extends IndicatorReport {
  readonly indicator_id: string;
  /** `api`, or the name of the feed. */
  readonly source: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Something offered as an indicator that cannot be used. */
export interface UnsupportedIndicator {
  readonly id: string;
  readonly reason: string;
}

/** What became of a document of indicators: each is either used or reported. */
export interface IndicatorDocument {
  readonly reports: readonly IndicatorReport[];
  readonly unsupported: readonly UnsupportedIndicator[];
}

export const DEFAULT_CONFIDENCE = 0.5;
