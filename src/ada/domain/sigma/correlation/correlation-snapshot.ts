import type { LinkedCorrelation } from './link-correlations.js';
import type { EventRef, Sighting } from './sighting.js';
import type { CorrelationLimits } from './tenant-correlations.js';
import { TenantCorrelations } from './tenant-correlations.js';

const VERSION = 1;

/** Batch (its position among those named), then index. */
type SavedRef = readonly [number, number];
/** Time, batch, index, input, value, and what an inner correlation showed. */
type SavedSighting = readonly [number, number, number, number, string | number, ...SavedRef[]];
/** Correlation (its position among those named), key, newest, when it fired, sightings. */
type SavedGroup = readonly [number, string, number, number | null, readonly SavedSighting[]];

interface Saved {
  readonly version: number;
  readonly now: number | null;
  /** What each correlation asks; what was known for one that asks something else by now is of no use. */
  readonly correlations: readonly string[];
  readonly batches: readonly string[];
  /** Stalest first. */
  readonly groups: readonly SavedGroup[];
}

/** Writes what correlations know of a tenant as JSON in UTF-8; `null` where they know nothing. */
export function encodeCorrelations(state: TenantCorrelations, correlations: readonly LinkedCorrelation[]): Uint8Array | null {
  if (state.groupCount === 0) return null;
  const batches = new Map<string, number>();
  const numberOf = (batch: string): number => {
    const known = batches.get(batch);
    if (known !== undefined) return known;
    batches.set(batch, batches.size);
    return batches.size - 1;
  };
  const saveRef = ({ batch, index }: EventRef): SavedRef => [numberOf(batch), index];
  const saveSighting = (sighting: Sighting): SavedSighting => [
    sighting.time,
    numberOf(sighting.batch),
    sighting.index,
    sighting.input,
    sighting.value,
    ...sighting.shown.map(saveRef),
  ];
  const groups: SavedGroup[] = [];
  for (const { correlation, key, newest, firedAt, window } of state.inOrder()) {
    groups.push([correlation, key, newest, Number.isFinite(firedAt) ? firedAt : null, window.sightings().map(saveSighting)]);
  }
  const saved: Saved = {
    version: VERSION,
    now: Number.isFinite(state.now) ? state.now : null,
    correlations: correlations.map(signatureOf),
    batches: [...batches.keys()],
    groups,
  };
  return new TextEncoder().encode(JSON.stringify(saved));
}

/** Reads a tenant's correlations back; `undefined` where the bytes are not of this version. Groups of rules that have changed are left out. */
export function decodeCorrelations(
  bytes: Uint8Array,
  correlations: readonly LinkedCorrelation[],
  limits?: CorrelationLimits,
): TenantCorrelations | undefined {
  const saved = parse(bytes);
  if (saved === undefined) return undefined;
  const positions = new Map(correlations.map((correlation, at) => [signatureOf(correlation), at]));
  const places = saved.correlations.map((signature) => positions.get(signature));
  const state = new TenantCorrelations(correlations, limits);
  state.now = saved.now ?? Number.NEGATIVE_INFINITY;
  const { batches } = saved;
  const readRef = ([batch, index]: SavedRef): EventRef => ({ batch: batches[batch] ?? '', index });
  const readSighting = ([time, batch, index, input, value, ...shown]: SavedSighting): Sighting => ({
    time,
    batch: batches[batch] ?? '',
    index,
    input,
    value,
    shown: shown.map(readRef),
  });
  for (const [position, key, newest, firedAt, sightings] of saved.groups) {
    const place = places[position];
    if (place !== undefined) state.restore(place, key, newest, firedAt ?? Number.NEGATIVE_INFINITY, sightings.map(readSighting));
  }
  return state;
}

function parse(bytes: Uint8Array): Saved | undefined {
  try {
    const saved = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Saved> | null;
    const lists = [saved?.correlations, saved?.batches, saved?.groups];
    return saved?.version === VERSION && lists.every(Array.isArray) ? (saved as Saved) : undefined;
  } catch {
    return undefined;
  }
}

function signatureOf({ rule, inputs }: LinkedCorrelation): string {
  return JSON.stringify([rule.id, rule.type, rule.timespan, rule.threshold, rule.percentile ?? null, inputs]);
}
