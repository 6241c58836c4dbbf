import type { Detection } from '../../contracts/detection.js';
import type { DetectorName } from './detector.js';
import type { RecentBatch } from './recent-batches.js';

/** What a detection agent knows about one tenant. */
export interface AgentState {
  /** Snapshots of its learning detectors. */
  readonly detectors: readonly (readonly [DetectorName, Uint8Array])[];
  /** Batches seen last, oldest first, with what learning detectors found in them. */
  readonly recent: readonly RecentBatch[];
}

interface Header {
  readonly version: number;
  readonly detectors: readonly (readonly [DetectorName, number])[];
  /** The release before wrote no index of the last event, as it knew batches as a whole only. */
  readonly recent: readonly (RecentBatch | readonly [id: string, found: readonly Detection[]])[];
}

const VERSION = 1;
const LENGTH_BYTES = 4;

/** Writes a state as bytes: the length of a JSON header (32 bits, little-endian), the header, the detectors' snapshots one after another. */
export function encodeAgentState(state: AgentState): Uint8Array {
  const detectors = state.detectors.map(([kind, bytes]) => [kind, bytes.length] as const);
  const header = Buffer.from(JSON.stringify({ version: VERSION, detectors, recent: state.recent } satisfies Header));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(header.length);
  return Buffer.concat([length, header, ...state.detectors.map(([, bytes]) => bytes)]);
}

/** Reads a state back; `undefined` where the bytes are not one of this version. */
export function decodeAgentState(bytes: Uint8Array): AgentState | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(buffer);
  if (header === undefined) return undefined;
  let from = LENGTH_BYTES + buffer.readUInt32LE();
  const detectors: [DetectorName, Uint8Array][] = [];
  for (const [kind, length] of header.detectors) {
    detectors.push([kind, buffer.subarray(from, from + length)]);
    from += length;
  }
  const recent = header.recent.map(([id, found, last = Number.MAX_SAFE_INTEGER]): RecentBatch => [id, found, last]);
  return from === buffer.length ? { detectors, recent } : undefined;
}

function readHeader(buffer: Buffer): Header | undefined {
  if (buffer.length < LENGTH_BYTES) return undefined;
  try {
    const header = JSON.parse(buffer.toString('utf8', LENGTH_BYTES, LENGTH_BYTES + buffer.readUInt32LE())) as Partial<Header> | null;
    const whole = header?.version === VERSION && Array.isArray(header.detectors) && Array.isArray(header.recent);
    return whole ? (header as Header) : undefined;
  } catch {
    return undefined;
  }
}
