import type { RuleReference } from '../../../contracts/detection.js';
import type { RuleSummary } from '../../../contracts/rule-catalog.js';
import type { Severity } from '../../../contracts/severity.js';
import type { Facet, Rate } from './facets.js';

/** What a rule of statistics is to users: it has an id, an author and a level like any other. */
export interface StatisticalRule extends RuleSummary {
  readonly detector: 'statistical';
}

/** A pair seen for the first time, by facet. */
export const FIRST_SEEN_RULES: Readonly<Record<Facet, StatisticalRule>> = {
  spawn: rule(
    'first-seen-spawn',
    'low',
    'Program Started By An Unusual Parent',
    'A well-known program was started by one that never started it before.',
  ),
  process: rule(
    'first-seen-process',
    'low',
    'Program New On A Host',
    'A host with a settled set of programs ran one that it never ran before.',
  ),
  logon: rule(
    'first-seen-logon',
    'low',
    'Logon To A Host For The First Time',
    'A user logged on to a host that he or she never used before.',
  ),
  cloud: rule(
    'first-seen-cloud-call',
    'low',
    'Cloud Call New For A Principal',
    'A cloud principal called an operation that it never called before.',
  ),
  'admin-connection': rule(
    'first-seen-admin-connection',
    'low',
    'Administrative Connection Between Hosts For The First Time',
    'A host connected to a port for administration of another host that it never connected to before.',
  ),
  egress: rule(
    'first-seen-egress',
    'low',
    'Program Connects Outside For The First Time',
    'A program that never did so on a host opened a connection to an address outside of the network.',
  ),
};

/** A rate beyond the entity's own past, by what is counted. */
export const BURST_RULES: Readonly<Record<Rate, StatisticalRule>> = {
  'failed-logons': rule(
    'burst-failed-logons',
    'medium',
    'Burst Of Failed Logons',
    'Many more failed logons within five minutes than usual for the user or address.',
    {
      techniques: ['T1110'],
      tactics: ['credential-access'],
    },
  ),
  destinations: rule(
    'burst-destinations',
    'medium',
    'Burst Of Destinations',
    'Many more different addresses and ports within five minutes than usual for the source.',
    {
      techniques: ['T1046'],
      tactics: ['discovery'],
    },
  ),
  activity: rule(
    'burst-activity',
    'low',
    'Burst Of Activity',
    'Many more program starts or cloud calls within five minutes than usual for the host or principal.',
  ),
};

/** All rules of statistics, ordered by id. */
export const STATISTICAL_RULES: readonly StatisticalRule[] = [...Object.values(BURST_RULES), ...Object.values(FIRST_SEEN_RULES)].sort(
  (a, b) => (a.id < b.id ? -1 : 1),
);

/** What detections carry of a rule. */
export function referenceTo({ id, title, author, level, license }: RuleSummary): RuleReference {
  return { id, title, author, level, license };
}

interface Attack {
  readonly techniques: readonly string[];
  readonly tactics: readonly string[];
}

function rule(
  name: string,
  level: Severity,
  title: string,
  description: string,
  attack: Attack = { techniques: [], tactics: [] },
): StatisticalRule {
  return {
    id: `gatra.statistical.${name}`,
    title,
    author: 'GATRA project',
    level,
    license: 'Apache-2.0',
    detector: 'statistical',
    status: 'stable',
    description,
    ...attack,
    logsource: {},
    falsepositives: ['A change that is real and meant: new software, a new duty, a scan by the operators'],
  };
}
