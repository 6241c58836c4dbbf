import { domainUser } from '../account-name.js';
import { BoundedMemo } from '../bounded-memo.js';
import { FactSheet, type EventFacts } from '../event-facts.js';
import { eventIdentity, identityPart, recordIdText, type EventIdentity } from '../event-identity.js';
import type { JsonObject } from '../json-object.js';
import { windowsOrigin } from '../origin-cache.js';
import type { EventOrigin } from '../../contracts/security-event.js';
import type { TermCollector } from '../term-collector.js';
import { digestsOf } from '../hash-list.js';
import { outcomeOf } from './windows-outcome.js';

export const SYSMON_CHANNEL = 'microsoft-windows-sysmon/operational';
const MAX_CHANNEL = 256;

/** What Windows event layouts agree on, wherever they keep it. */
export interface WindowsEnvelope {
  readonly channel: unknown;
  readonly eventId: unknown;
  readonly computer: unknown;
  readonly recordId: unknown;
  /** When the source made the event, as text or number of the event. */
  readonly created: unknown;
}

/** Channel of providers whose events all go to one channel, for events that do not tell their channel. */
const CHANNEL_OF_PROVIDER: ReadonlyMap<string, string> = new Map([
  ['microsoft-windows-sysmon', SYSMON_CHANNEL],
  ['microsoft-windows-security-auditing', 'security'],
  ['microsoft-windows-powershell', 'microsoft-windows-powershell/operational'],
  ['powershell', 'windows powershell'],
  ['service control manager', 'system'],
]);

const REGISTRY_EVENT_TYPES = new Set(['CreateKey', 'DeleteKey', 'CreateValue', 'DeleteValue', 'SetValue', 'RenameKey', 'RenameValue']);

/** The event id as a number: given as one, as digits, or as text with attributes (`{"#text": 7045}`); `NaN` otherwise. */
export function windowsEventId(value: unknown): number {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff ? value : Number.NaN;
  if (typeof value === 'string') return /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (typeof value !== 'object' || value === null) return Number.NaN;
  const inner = value as JsonObject;
  return windowsEventId(text(inner));
}

function text(value: JsonObject): unknown {
  const inner = value['#text'] ?? value['Value'];
  return typeof inner === 'object' ? undefined : inner;
}

/** The channel where it is one, else an empty string. */
export function channelOf(channel: unknown): string {
  return typeof channel === 'string' && channel.length <= MAX_CHANNEL ? channel : '';
}

/** The channel that all events of a provider go to, or an empty string. */
export function channelOfProvider(provider: unknown): string {
  return (typeof provider === 'string' ? CHANNEL_OF_PROVIDER.get(provider.toLowerCase()) : undefined) ?? '';
}

/** Tells whether it is the id of one of Sysmon's registry events, the only ones whose event type rules tell apart. */
export function isRegistryEvent(eventId: number): boolean {
  return eventId >= 12 && eventId <= 14;
}

/** Origin of a Windows event; the event type counts where Sysmon's registry events have one. */
export function originOf(channel: string, eventId: number, eventType: unknown): EventOrigin {
  const isTyped = isRegistryEvent(eventId) && typeof eventType === 'string' && REGISTRY_EVENT_TYPES.has(eventType);
  return windowsOrigin(channel, eventId, isTyped ? eventType : undefined);
}

const streams = new BoundedMemo<BoundedMemo<string>>(4_096);

/**
 * Identity of a Windows event. Record ids start again when a log is cleared or a machine is set back to an earlier state,
 * therefore the time at which the source made the event is a part of it.
 */
export function windowsIdentity(envelope: WindowsEnvelope): EventIdentity | null {
  const recordId = recordIdText(envelope.recordId);
  const created = identityPart(envelope.created);
  const computer = identityPart(envelope.computer);
  const channel = identityPart(envelope.channel);
  if (recordId === undefined || created === undefined || computer === undefined || channel === undefined) return null;
  const ofComputer = streams.get(computer) ?? streams.set(computer, new BoundedMemo(64));
  const stream = ofComputer.get(channel) ?? ofComputer.set(channel, `windows|${computer.toLowerCase()}|${channel.toLowerCase()}`);
  return eventIdentity(stream, `${recordId}|${created}`);
}

/** Security 4688 says what Sysmon 1 says, under other names. */
export function processCreationAlias(fields: JsonObject, name: string): unknown {
  if (name !== 'Image' && name !== 'ParentImage') return undefined;
  if (windowsEventId(fields['EventID']) !== 4688) return undefined;
  return fields[name === 'Image' ? 'NewProcessName' : 'ParentProcessName'];
}

/** Terms of the event's data; the computer is the caller's to add. Sysmon's events, known by `UtcTime`, have names of their own. */
export function windowsTerms(data: JsonObject, terms: TermCollector): void {
  terms.user(data['User']);
  terms.process(data['Image']);
  terms.hash(data['Hashes']);
  terms.ip(data['SourceIp']);
  terms.ip(data['DestinationIp']);
  if (data['UtcTime'] === undefined) auditTerms(data, terms);
  else {
    terms.process(data['SourceImage']);
    terms.process(data['TargetImage']);
    terms.user(data['SourceUser']);
    terms.user(data['TargetUser']);
  }
}

function auditTerms(data: JsonObject, terms: TermCollector): void {
  terms.account(data['SubjectDomainName'], data['SubjectUserName']);
  terms.account(data['TargetDomainName'], data['TargetUserName']);
  terms.host(data['WorkstationName']);
  terms.ip(data['IpAddress']);
  terms.ip(data['SourceAddress']);
  terms.ip(data['DestAddress']);
  terms.process(data['NewProcessName']);
  terms.process(data['ProcessName']);
}

/**
 * Facts of a Windows event.
 * @param fields the record that rules see, with the names of Sysmon and of the Security channel
 */
export function windowsFacts(fields: JsonObject, computer: unknown, origin: EventOrigin): EventFacts {
  const sheet = new FactSheet();
  const subject = domainUser(fields['SubjectDomainName'], fields['SubjectUserName']);
  const target = domainUser(fields['TargetDomainName'], fields['TargetUserName']);
  const isLogon = origin.eventId !== undefined && origin.eventId >= 4624 && origin.eventId <= 4648;
  const account = domainUser(fields['Domain'], fields['AccountName']);
  sheet
    .set('action', fields['Category'], fields['TaskCategory'])
    .outcome(outcomeOf(origin, fields))
    .set('host', computer)
    .set('user', fields['User'], fields['SourceUser'], isLogon ? target : subject, isLogon ? subject : target, account)
    .otherUser(subject)
    .otherUser(target)
    .otherUser(fields['TargetUser']);
  windowsNetworkFacts(sheet, fields);
  return sheet
    .set('process', fields['Image'], fields['NewProcessName'], fields['SourceImage'], fields['ProcessName'])
    .set('parent_process', fields['ParentImage'], fields['ParentProcessName'])
    .set('command_line', fields['CommandLine'], fields['ScriptBlockText'])
    .set('file', fields['TargetFilename'], fields['ImageLoaded'], fields['ObjectName'], fields['RelativeTargetName'])
    .hashes(digestsOf(fields['Hashes'])).facts;
}

function windowsNetworkFacts(sheet: FactSheet, fields: JsonObject): void {
  sheet
    .set('src_ip', fields['SourceIp'], fields['IpAddress'], fields['SourceAddress'], fields['ClientAddress'])
    .set('dst_ip', fields['DestinationIp'], fields['DestAddress'])
    .port(fields['DestinationPort'] ?? fields['DestPort'])
    .set('domain', fields['QueryName'], fields['DestinationHostname'])
    .otherHost(fields['WorkstationName']);
}
