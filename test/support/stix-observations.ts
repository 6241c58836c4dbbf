import type { Observation, StixObject } from '../../src/taa/domain/stix/observation.js';
import { parseStixTime } from '../../src/taa/domain/stix/stix-time.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Observations of `observed-data` with its objects inside (STIX 2.0), or of bundles (STIX 2.1): an observation each `observed-data`, with the objects that it
 * refers to and those that none does.
 */
export function readObservations(documents: readonly Json[]): Observation[] {
  return documents.flatMap((document) => (document['type'] === 'bundle' ? ofBundle(document) : [ofObservedData(document)]));
}

function ofObservedData(data: Json): Observation {
  return { ...spanOf(data), objects: new Map(Object.entries(data['objects'] as Record<string, StixObject>)) };
}

function ofBundle(bundle: Json): Observation[] {
  const objects = bundle['objects'] as readonly Json[];
  const observed = objects.filter(({ type }) => type === 'observed-data');
  const referred = new Set(observed.flatMap((data) => data['object_refs'] as string[]));
  return observed.map((data) => {
    const own = new Set(data['object_refs'] as string[]);
    const seen = objects.filter((object) => {
      const id = String(object['id']);
      return own.has(id) || object === data || (!referred.has(id) && object['type'] !== 'observed-data');
    });
    return { ...spanOf(data), objects: new Map(seen.map((object) => [String(object['id']), object])) };
  });
}

function spanOf(data: Json): Pick<Observation, 'first' | 'last' | 'count'> {
  const [first, last] = [data['first_observed'], data['last_observed']].map((time) => Number(parseStixTime(String(time))) / 1e6);
  return { first: first!, last: last!, count: Number(data['number_observed']) };
}
