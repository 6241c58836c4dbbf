/** A runtime, and when its security fixes end. */
export interface RuntimeEnd {
  readonly name: string;
  /** Line of releases: the major version, or the first two numbers of PostgreSQL's and Redis'. */
  readonly line: string;
  /** Last day of fixes, as it was announced. */
  readonly ends: string;
}

/** When this table was last held against what the projects announce. */
export const LOOKED_UP_ON = '2026-11-22';

/**
 * Of the runtimes that are run on: Node.js (its release schedule), PostgreSQL (its versioning policy: five years), Debian (three years, before LTS), HAProxy (LTS lines, five
 * years).
 */
export const RUNTIME_ENDS: readonly RuntimeEnd[] = [
  { name: 'node', line: '22', ends: '2027-04-30' },
  { name: 'node', line: '24', ends: '2028-04-30' },
  { name: 'postgres', line: '15', ends: '2027-11-11' },
  { name: 'postgres', line: '16', ends: '2028-11-09' },
  { name: 'postgres', line: '17', ends: '2029-11-08' },
  { name: 'postgres', line: '18', ends: '2030-11-14' },
  { name: 'debian', line: '12', ends: '2026-06-10' },
  { name: 'debian', line: '13', ends: '2028-08-09' },
  { name: 'haproxy', line: '3.2', ends: '2030-04-01' },
];

/** When fixes of a line end; undefined where the table does not know it. */
export function endOf(name: string, line: string): string | undefined {
  return RUNTIME_ENDS.find((end) => end.name === name && end.line === line)?.ends;
}
