import { seeded } from '../../test/support/seeded.ts';
import type { LabelledRows } from './anomaly-data.ts';

const POINTS = 60_000;
/** Points that one source sends without a pause, and how many others come before. */
export interface Burst {
  readonly at: number;
  readonly length: number;
}

export const SHORT_BURSTS: readonly Burst[] = [
  { at: 5_000, length: 400 },
  { at: 20_000, length: 2_500 },
  { at: 24_000, length: 1_200 },
  { at: 45_000, length: 3_000 },
];
/** So long that even the eighth of them that one source may teach is more than a model holds. */
export const LONG_BURSTS: readonly Burst[] = [
  { at: 10_000, length: 8_000 },
  { at: 25_000, length: 20_000 },
  { at: 45_000, length: 12_000 },
];

/** What {@link makeBurstAttack} makes: besides the rows, which source each is of (0 is the attacker). */
export interface AttackedRows extends LabelledRows {
  readonly sources: Uint8Array;
}

/**
 * Connections of 40 sources with a duration and bytes in both directions, as logarithms, among which one source sends bursts of near-equal ones:
 * so many of them that a model which learns all it sees takes them for what is usual.
 */
export function makeBurstAttack(seed: number, bursts: readonly Burst[]): AttackedRows {
  const chance = seeded(seed);
  const below = (bound: number): number => Math.floor(chance() * bound);
  const rows: number[][] = [];
  const anomalous: number[] = [];
  const sources: number[] = [];
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
  const add = (row: number[], source: number): void => {
    rows.push(row);
    sources.push(source);
    anomalous.push(source === 0 ? 1 : 0);
  };
  for (let i = 0; i < POINTS; i++) {
    const burst = bursts.find(({ at }) => at === i);
    for (let k = 0; k < (burst?.length ?? 0); k++) add([Math.log(0.1 + below(3)), 10.9 - 0.3 * chance() ** 8, 9.03], 0);
    const duration = Math.log(0.1 + (chance() < 0.03 ? below(60) : 0));
    const sent = Math.log(0.1 + Math.max(40, 230 + 60 * gauss() + (chance() < 0.03 ? 2_000 * chance() : 0)));
    add([duration, sent, Math.log(0.1 + Math.exp(7.3 + 1.4 * gauss()))], 1 + below(40));
  }
  return { name: 'burst attack', rows, anomalous: Uint8Array.from(anomalous), sources: Uint8Array.from(sources) };
}
