import { VARIABLES, variableNamed } from '../../platform/config/variables.js';

const SHORTEST = 8;
const MOST_EDITS = 2;
/** What Kubernetes and Docker set for a service that is called gatra, redis or the like. */
const OF_ORCHESTRATORS = /_(SERVICE_HOST|SERVICE_PORT\w*|PORT(_\d+_\w+)?)$/;

/** Names of variables that begin as ours do, or are nearly one of them, and that nothing reads. */
export function unreadNames(names: readonly string[]): readonly string[] {
  return names.filter(
    (name) => variableNamed(name) === undefined && !OF_ORCHESTRATORS.test(name) && (name.startsWith('GATRA_') || isNearly(name)),
  );
}

function isNearly(name: string): boolean {
  return name.length >= SHORTEST && VARIABLES.some((variable) => distance(name, variable.name) <= MOST_EDITS);
}

/** Letters that must be put in, taken out or exchanged (Levenshtein). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MOST_EDITS) return MOST_EDITS + 1;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
