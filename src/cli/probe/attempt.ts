import type { ApiOperation } from './api-operations.js';

/** A request as it is sent, before a credential is put on it. */
export interface ProbeRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Where a foreign value was put. `plain` is a request without one: what it shows must be the caller's own. */
export type Place = 'path' | 'query' | 'body' | 'header' | 'cursor' | 'plain';

/** What may come of an attempt: `refusal` as for something missing, `nothing` found, or no more than what is the caller's `own`. */
export type Outcome = 'refusal' | 'nothing' | 'own';

/** A foreign value that a request holds, and what its twin holds in its place. */
export interface Swap {
  readonly foreign: string;
  readonly missing: string;
}

/** One try at what is another tenant's. */
export interface Attempt {
  readonly operation: ApiOperation;
  readonly place: Place;
  /** Of the parameters and fields that hold foreign values. */
  readonly names: readonly string[];
  readonly accepts: Outcome;
  readonly request: ProbeRequest;
  /** The same request for something that does not exist; both must be answered alike. */
  readonly twin: ProbeRequest | undefined;
  readonly swaps: readonly Swap[];
}
