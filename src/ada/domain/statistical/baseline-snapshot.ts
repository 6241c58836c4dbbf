import { FACETS } from './facets.js';
import { TenantBaseline } from './tenant-baseline.js';

const VERSION = 0x4d54_5301;
const HEADER_BYTES = 8;
const SCALARS = 5 + FACETS.length * 2;

/** Writes what is known of a tenant as bytes of a fixed length: version, length, numbers, tables. */
export function encodeBaseline(baseline: TenantBaseline): Uint8Array {
  const bytes = new Uint8Array(lengthOf(baseline));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, VERSION, true);
  view.setUint32(4, bytes.length, true);
  scalarsOf(baseline).forEach((value, i) => view.setFloat64(HEADER_BYTES + i * 8, value, true));
  let offset = HEADER_BYTES + SCALARS * 8;
  for (const table of tablesOf(baseline)) {
    table.write(view, offset);
    offset += table.byteLength;
  }
  return bytes;
}

/** Reads a baseline back; `undefined` where the bytes are not one of this version. */
export function decodeBaseline(tenant: string, bytes: Uint8Array): TenantBaseline | undefined {
  const baseline = new TenantBaseline(tenant);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length !== lengthOf(baseline) || view.getUint32(0, true) !== VERSION || view.getUint32(4, true) !== bytes.length)
    return undefined;
  const scalars = Float64Array.from({ length: SCALARS }, (_, i) => view.getFloat64(HEADER_BYTES + i * 8, true));
  [baseline.time.first, baseline.time.now, baseline.events, baseline.budget.credit, baseline.window] = scalars as unknown as FirstScalars;
  baseline.novelty.means.set(scalars.subarray(5, 5 + FACETS.length));
  baseline.novelty.counts.set(scalars.subarray(5 + FACETS.length));
  let offset = HEADER_BYTES + SCALARS * 8;
  for (const table of tablesOf(baseline)) {
    table.read(view, offset);
    offset += table.byteLength;
  }
  return baseline;
}

type FirstScalars = [number, number, number, number, number];

function scalarsOf({ time, events, budget, window, novelty }: TenantBaseline): number[] {
  return [time.first, time.now, events, budget.credit, window, ...novelty.means, ...novelty.counts];
}

function tablesOf({ seen, counts, peers, rates, items }: TenantBaseline): readonly (typeof seen | typeof counts | typeof rates.kept)[] {
  return [seen, counts, peers, rates.kept, items];
}

function lengthOf(baseline: TenantBaseline): number {
  return tablesOf(baseline).reduce((sum, table) => sum + table.byteLength, HEADER_BYTES + SCALARS * 8);
}
