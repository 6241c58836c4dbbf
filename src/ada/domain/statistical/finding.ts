import type { Detection } from '../../../contracts/detection.js';
import type { SecurityEvent } from '../../../contracts/security-event.js';
import { shortHost } from '../../../events/host-name.js';
import { printable } from '../printable.js';
import type { Facet, Observation, Rate, Tally } from './facets.js';
import { programOf } from './program-name.js';
import type { Burst } from './rate-table.js';
import { BURST_RULES, FIRST_SEEN_RULES, referenceTo } from './statistical-rules.js';
import type { Novelty } from './tenant-baseline.js';

interface Found {
  readonly event: SecurityEvent;
  /** The entity that it is about. */
  readonly subject: string;
  /** Order in which findings are told: higher first. */
  readonly surprise: number;
}

/** Something that statistics found in one event. */
export type Finding =
  | (Found & { readonly kind: 'first-seen'; readonly observation: Observation; readonly novelty: Novelty })
  | (Found & { readonly kind: 'burst'; readonly tally: Tally; readonly burst: Burst });

const MAX_NAME = 100;

/** The finding as a detection, with a sentence that explains itself. */
export function toDetection(finding: Finding): Detection {
  const rule = finding.kind === 'burst' ? BURST_RULES[finding.tally.rate] : FIRST_SEEN_RULES[finding.observation.facet];
  const { event } = finding;
  const isNewToTenant = finding.kind === 'first-seen' && finding.novelty.newToTenant;
  return {
    detector: 'statistical',
    rule: referenceTo(rule),
    severity: isNewToTenant ? 'medium' : rule.level,
    event_index: event.index,
    event_time: event.normalized.time,
    entities: event.entities,
    techniques: rule.techniques,
    tactics: rule.tactics,
    reason: finding.kind === 'burst' ? burstReason(finding.tally, finding.burst) : noveltyReason(finding),
    ...(finding.kind === 'first-seen' ? { rarity: 1 } : {}),
  };
}

type Sentence = (left: string, right: string, event: SecurityEvent) => string;

const FIRST_TIME: Readonly<Record<Facet, Sentence>> = {
  spawn: (child, parent, event) => `first time ${parent} started ${child}${placeOf(event)}`,
  process: (host, image, event) => `first time ${programOf(image)} ran on ${host}${personOf(event)}`,
  logon: (user, host) => `first time ${user} logged on to ${host}`,
  cloud: (principal, call) => `first time ${principal} called ${call}`,
  'admin-connection': (source, target) => `first time ${source} connected to ${target}`,
  egress: (host, program) => `first time ${program} on ${host} connected to an address outside`,
};

function noveltyReason({ observation, novelty, event }: Finding & { readonly kind: 'first-seen' }): string {
  const { facet, left, right } = observation;
  const sentence = FIRST_TIME[facet](printable(left, MAX_NAME), printable(right, MAX_NAME), event);
  return novelty.newToTenant ? `${sentence}; ${NEW_TO_TENANT[facet]}` : sentence;
}

const NEW_TO_TENANT: Readonly<Record<Facet, string>> = {
  spawn: 'that parent never started anything before',
  process: 'it never ran on any host before',
  logon: 'nobody logged on to that host before',
  cloud: 'nobody called that before',
  'admin-connection': 'nobody connected there before',
  egress: 'it never did so on any host before',
};

const COUNTED: Readonly<Record<Rate, string>> = {
  'failed-logons': 'failed logons',
  destinations: 'different addresses and ports',
  activity: 'program starts or cloud calls',
};

function burstReason({ rate, entity }: Tally, { count, usual }: Burst): string {
  const past = usual === 0 ? 'there were none before' : `${usual.toFixed(1)} are usual`;
  return `${printable(entity, MAX_NAME)}: more than ${count - 1} ${COUNTED[rate]} within five minutes, where ${past}`;
}

function placeOf(event: SecurityEvent): string {
  const host = shortHost(event.normalized.host);
  return host === undefined ? personOf(event) : ` on ${printable(host, MAX_NAME)}${personOf(event)}`;
}

function personOf(event: SecurityEvent): string {
  const user = event.entities.find((entity) => entity.type === 'user');
  return user === undefined ? '' : ` (by ${printable(user.value, MAX_NAME)})`;
}
