import type { AttackResult, Finding } from './isolation-probe.js';

/** A probe's result with what it was made on. */
export interface ProbeReport extends AttackResult {
  readonly base_url: string;
  readonly owner: string;
  readonly stranger: string;
  /** What of the canaries could not be taken back. */
  readonly left: readonly string[];
}

/** The report as a table for people. */
export function describeReport({ base_url, owner, stranger, tried, findings, left }: ProbeReport): string {
  const attempts = tried.reduce((sum, row) => sum + row.attempts, 0);
  const width = Math.max(...tried.map(({ operation }) => operation.length), 0);
  const faulty = new Map<string, number>();
  for (const { operation } of findings) faulty.set(operation, (faulty.get(operation) ?? 0) + 1);
  const rows = tried.map((row) => {
    const verdict = faulty.has(row.operation) ? `${faulty.get(row.operation) ?? 0} FINDINGS` : 'ok';
    return `${row.operation.padEnd(width)}  ${String(row.attempts).padStart(5)}  ${verdict.padEnd(12)}  ${row.places.join(', ')}`;
  });
  return [
    `${stranger} tried to reach what is ${owner}'s at ${base_url}`,
    '',
    `${'operation'.padEnd(width)}  tries  result        where`,
    ...rows,
    '',
    ...findings.map(describeFinding),
    ...left.map((text) => `left behind: ${text}`),
    'Left behind by design: the canary events, closed alerts and incidents, and audit records.',
    `${attempts} attempts on ${tried.length} operations, ${findings.length} findings`,
  ].join('\n');
}

function describeFinding({ fault, operation, place, names, as, detail }: Finding): string {
  return `FINDING ${fault.replace('_', ' ')}: ${operation} (${[place, ...names].join(' ')}) as ${as}: ${detail}`;
}
