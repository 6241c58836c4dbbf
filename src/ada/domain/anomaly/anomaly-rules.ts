import type { RuleSummary } from '../../../contracts/rule-catalog.js';

/** What is unusual: a burst of an edge, an entity, a number of events. */
export type AnomalyKind = 'edge' | 'entity' | 'series';

/** What kinds of anomalies are to users: each has an id, an author and a level like any rule. */
export const ANOMALY_RULES: Readonly<Record<AnomalyKind, RuleSummary>> = {
  edge: rule(
    'edge-burst',
    'Burst Between Two Entities',
    'Far more of one kind of action from, to or between two entities than there used to be.',
  ),
  entity: rule(
    'unusual-entity',
    'Entity Behaves Unlike The Others',
    'What an entity did within five minutes lies far from what entities of the tenant usually do.',
  ),
  series: rule(
    'unusual-count',
    'Unusual Number Of Events',
    'The number of events of a kind in the whole tenant is far from that of other times, or of the same time of day.',
  ),
};

/** All of them, ordered by id. */
export const ANOMALY_RULE_LIST: readonly RuleSummary[] = Object.values(ANOMALY_RULES).sort((a, b) => (a.id < b.id ? -1 : 1));

function rule(name: string, title: string, description: string): RuleSummary {
  return {
    id: `gatra.anomaly.${name}`,
    title,
    author: 'GATRA project',
    level: 'low',
    license: 'Apache-2.0',
    detector: 'statistical',
    status: 'experimental',
    description,
    techniques: [],
    tactics: [],
    logsource: {},
    falsepositives: ['A change that is real and meant: a new duty, a new schedule, a scan by the operators'],
  };
}
