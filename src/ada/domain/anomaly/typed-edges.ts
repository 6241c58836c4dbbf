import type { SecurityEvent } from '../../../contracts/security-event.js';
import { shortHost } from '../../../events/host-name.js';
import type { Facet, Observation, Tally } from '../statistical/facets.js';
import type { Observed } from '../statistical/observe-event.js';

/** What acts on what: a user on a host, a program on the one it starts, a principal on an API, an address on another and its port. */
export const EDGE_TYPES = ['logon', 'spawn', 'cloud', 'connection'] as const;

export type EdgeType = (typeof EDGE_TYPES)[number];

/** One edge that an event shows; both ends bounded in length. */
export interface TypedEdge {
  readonly type: EdgeType;
  readonly source: string;
  readonly destination: string;
  /** Whose doing it is, where that is not the source: the host on which a program starts another. */
  readonly actor: string;
  readonly isFailure: boolean;
}

const MAX_VALUE = 256;
const TYPES: Partial<Record<Facet, EdgeType>> = { logon: 'logon', spawn: 'spawn', cloud: 'cloud' };

/** The edges of an event in which this was seen; most events have none. */
export function typedEdges(event: SecurityEvent, { pairs, tallies }: Observed): TypedEdge[] {
  if (pairs.length === 0 && tallies.length === 0) return [];
  const host = shortHost(event.normalized.host)?.slice(0, MAX_VALUE);
  return [...pairs.flatMap((pair) => edgeOfPair(pair, host)), ...tallies.flatMap((tally) => edgeOfTally(tally, host))];
}

function edgeOfPair({ facet, left, right }: Observation, host: string | undefined): TypedEdge[] {
  const type = TYPES[facet];
  if (type === undefined) return [];
  if (type === 'spawn') return [{ type, source: right, destination: left, actor: host ?? right, isFailure: false }];
  return [{ type, source: left, destination: right, actor: left, isFailure: false }];
}

function edgeOfTally({ rate, entity, item }: Tally, host: string | undefined): TypedEdge[] {
  if (rate === 'failed-logons' && host !== undefined)
    return [{ type: 'logon', source: entity, destination: host, actor: entity, isFailure: true }];
  if (rate !== 'destinations' || item === undefined) return [];
  return [{ type: 'connection', source: entity, destination: item, actor: entity, isFailure: false }];
}
