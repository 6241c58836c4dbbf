import type { EventFormat, NormalizedEvent, SecurityEvent } from '../../contracts/security-event.js';
import { eachAnswer } from './dns-answers.js';
import type { IndicatorType } from './indicator.js';

type Field = readonly [type: IndicatorType, name: string];
type TextFact = 'src_ip' | 'dst_ip' | 'domain' | 'process' | 'parent_process' | 'file';

const FACTS: readonly (readonly [IndicatorType, TextFact])[] = [
  ['ip', 'src_ip'],
  ['ip', 'dst_ip'],
  ['domain', 'domain'],
  ['file_name', 'process'],
  ['file_name', 'parent_process'],
  ['file_name', 'file'],
];

const WINDOWS: readonly Field[] = [
  ['file_name', 'ImageLoaded'],
  ['file_name', 'OriginalFileName'],
  ['file_name', 'TargetImage'],
  ['registry_key', 'TargetObject'],
  ['domain', 'DestinationHostname'],
];

const GENERIC: readonly Field[] = [
  ['registry_key', 'registry_key'],
  ['registry_key', 'TargetObject'],
  ['mutex', 'mutex'],
  ['mutex', 'mutex_name'],
  ['mutex', 'MutexName'],
  ['file_hash', 'hash'],
  ['file_hash', 'md5'],
  ['file_hash', 'sha1'],
  ['file_hash', 'sha256'],
  ['email', 'email'],
  ['email', 'sender'],
];

/** Where events of a format keep what is not among the facts of every event. */
const FIELDS: Readonly<Partial<Record<EventFormat, readonly Field[]>>> = {
  windows: WINDOWS,
  sysmon: WINDOWS,
  ecs: [
    ['registry_key', 'registry.path'],
    ['registry_key', 'registry.key'],
    ['file_name', 'dll.path'],
    ['email', 'email.from.address'],
  ],
  zeek: [
    ['domain', 'server_name'],
    ['email', 'mailfrom'],
    ['email', 'from'],
  ],
  suricata: [
    ['domain', 'tls.sni'],
    ['email', 'smtp.mail_from'],
  ],
  ocsf: [['registry_key', 'reg_key.path']],
  generic: GENERIC,
};

/** Types of objects that Windows audits the use of, and what their names are. */
const AUDITED: ReadonlyMap<unknown, IndicatorType> = new Map([
  ['Key', 'registry_key'],
  ['Mutant', 'mutex'],
]);

const MAX_LENGTH = 4_096;
const MOST_HASHES = 16;

/** Gives what an event holds that indicators are about, by type, as it stands there; texts of more than 4,096 characters are passed over. */
export function eachValue(event: SecurityEvent, give: (type: IndicatorType, value: string) => void): void {
  const { normalized } = event;
  const offer = (type: IndicatorType, value: unknown): void => {
    if (typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH) give(type, value);
  };
  for (const [type, fact] of FACTS) offer(type, type === 'domain' ? withoutRoot(normalized[fact]) : normalized[fact]);
  offer('url', urlOf(normalized));
  if (normalized.user?.includes('@')) offer('email', normalized.user);
  for (const hash of normalized.hashes?.slice(0, MOST_HASHES) ?? []) offer('file_hash', hash);
  eachAnswer(event, give);
  const fields = FIELDS[normalized.format];
  if (fields === undefined) return;
  for (const [type, name] of fields) offer(type, event.field(name));
  const audited = normalized.format === 'windows' ? AUDITED.get(event.field('ObjectType')) : undefined;
  if (audited !== undefined) offer(audited, event.field('ObjectName'));
}

/** The event's URL, with the host where the source keeps it apart. */
export function urlOf({ url, domain }: NormalizedEvent): string | undefined {
  return url?.startsWith('/') && domain !== undefined ? domain + url : url;
}

function withoutRoot(domain: string | undefined): string | undefined {
  return domain?.endsWith('.') ? domain.slice(0, -1) : domain;
}
