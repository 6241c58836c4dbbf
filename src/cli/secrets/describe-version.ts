import type { ListedVersion } from '../../platform/secrets/secret-rotation.js';

const USES: Readonly<Record<ListedVersion['use'], string>> = { current: 'in use', accepted: 'accepted', none: 'not accepted' };
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** One line about a version, without its value. @param now milliseconds since the epoch. */
export function describeVersion(name: string, { version, source, state, use, createdAt }: ListedVersion, now: number): string {
  const age = createdAt === null ? 'age unknown' : `${ageOf(now - createdAt)} old`;
  return [name.padEnd(20), version.padEnd(16), source.padEnd(14), state.padEnd(9), USES[use].padEnd(12), age].join('  ');
}

function ageOf(ms: number): string {
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? (['s', 1_000] as const);
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`;
}
