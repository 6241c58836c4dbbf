import { editDistance } from '../../ada/domain/edit-distance.js';
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
  return name.length >= SHORTEST && VARIABLES.some((variable) => editDistance(name, variable.name, MOST_EDITS) <= MOST_EDITS);
}
