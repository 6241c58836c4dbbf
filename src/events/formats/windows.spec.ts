import type { EventFormat } from '../../contracts/security-event.js';
import { isRejection, parseEvent } from '../parse-event.js';
import type { ParsedEvent } from '../parsed-event.js';
import { searchTerms } from '../search-terms.js';

function read(event: unknown, declared: EventFormat | 'auto' = 'auto'): ParsedEvent {
  const result = parseEvent(JSON.stringify(event), { index: 0, declared, receivedAt: Date.UTC(2026, 0, 1) });
  if (isRejection(result)) throw new Error(result.detail);
  return result;
}

const creation = {
  EventID: 4688,
  Channel: 'Security',
  Hostname: 'WS7.corp.example',
  EventTime: '2024-05-01 10:00:00',
  '@timestamp': '2024-05-01T08:00:01.000Z',
  RecordNumber: 8123,
  SourceName: 'Microsoft-Windows-Security-Auditing',
  EventType: 'AUDIT_SUCCESS',
  NewProcessName: 'C:\\Tools\\net.exe',
  ParentProcessName: 'C:\\Windows\\System32\\cmd.exe',
  CommandLine: 'net user',
  SubjectUserName: 'carol',
  SubjectDomainName: 'CORP',
};

const evtx = (system: object, rest: object): object => ({
  Event: {
    System: {
      Provider: { '#attributes': { Name: 'Test-Provider' } },
      EventID: 1,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Computer: 'ws8.corp.example',
      EventRecordID: 99,
      TimeCreated: { '#attributes': { SystemTime: '2024-05-01T08:00:00.1234567Z' } },
      Level: 4,
      ...system,
    },
    ...rest,
  },
});

describe('flat Windows events', () => {
  it('reads a process creation of the Security channel as one of Sysmon', () => {
    const event = read(creation);
    expect(event.format).toBe('windows');
    expect(event.origin).toMatchObject({ product: 'windows', channel: 'security', eventId: 4688 });
    expect(event.field('Image')).toBe('C:\\Tools\\net.exe');
    expect(event.field('ParentImage')).toBe('C:\\Windows\\System32\\cmd.exe');
    expect(event.field('NewProcessName')).toBe('C:\\Tools\\net.exe');
    expect(event.field('Provider_Name')).toBe('Microsoft-Windows-Security-Auditing');
    expect(read({ ...creation, EventID: 4689 }).field('Image')).toBeUndefined();
  });

  it('prefers times in UTC to local ones', () => {
    expect(read(creation).normalized.time).toBe('2024-05-01T08:00:01.000Z');
    expect(read({ ...creation, UtcTime: '2024-05-01 08:00:00.500' }).normalized.time).toBe('2024-05-01T08:00:00.500Z');
    expect(read({ ...creation, '@timestamp': undefined }).normalized.time).toBe('2024-05-01T10:00:00.000Z');
  });

  it('is identified by host, channel, record and the time of its making', () => {
    expect(read(creation).identity).toEqual({ stream: 'windows|ws7.corp.example|security', key: 'd8123|2024-05-01 10:00:00' });
    expect(read({ ...creation, EventTime: '2024-05-01 10:00:01' }).identity).not.toEqual(read(creation).identity);
    expect(read({ ...creation, RecordNumber: undefined }).identity).toBeNull();
  });

  it('sorts identities as record numbers', () => {
    const keys = [9, 10, 99, 100, 123_456].map((RecordNumber) => read({ ...creation, RecordNumber }).identity?.key ?? '');
    expect(keys.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(keys);
  });

  it('is found by host, user and process', () => {
    expect([...searchTerms(read(creation))].toSorted()).toEqual([
      'host:ws7',
      'host:ws7.corp.example',
      'process:net.exe',
      'user:carol',
      'user:corp\\carol',
    ]);
  });

  it('is normalised', () => {
    expect(read(creation).normalized).toMatchObject({
      format: 'windows',
      product: 'windows',
      host: 'WS7.corp.example',
      user: 'CORP\\carol',
      outcome: 'success',
      process: 'C:\\Tools\\net.exe',
      parent_process: 'C:\\Windows\\System32\\cmd.exe',
      command_line: 'net user',
    });
    expect(read(creation).entities).toContainEqual({ type: 'host', value: 'ws7' });
  });

  it('assumes the Sysmon channel where that is declared or plain to see', () => {
    expect(read({ EventID: 3, Image: 'x' }, 'sysmon')).toMatchObject({
      format: 'sysmon',
      origin: { channel: 'microsoft-windows-sysmon/operational' },
    });
    expect(read({ EventID: 1, ProcessGuid: '{1}' }).format).toBe('sysmon');
    expect(read({ EventID: 1, SourceName: 'Microsoft-Windows-Sysmon' }).format).toBe('sysmon');
    expect(read({ EventID: 1 }).origin.channel).toBeUndefined();
  });

  it('tells the kinds of registry events apart', () => {
    const registry = { EventID: 12, Channel: 'Microsoft-Windows-Sysmon/Operational' };
    expect(read({ ...registry, EventType: 'CreateKey' }).origin.eventType).toBe('CreateKey');
    expect(read({ ...registry, EventType: 'INFO' }).origin.eventType).toBeUndefined();
  });
});

describe('Event.System/EventData', () => {
  it('offers system facts and data side by side', () => {
    const event = read(
      evtx(
        { EventID: { '#attributes': { Qualifiers: '0' }, '#text': 7045 } },
        { EventData: { 'Threat Name': 'T', ServiceName: 'svc', Nothing: null } },
      ),
    );
    expect(event.origin.eventId).toBe(7045);
    const expected = {
      EventID: 7045,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Provider_Name: 'Test-Provider',
      Computer: 'ws8.corp.example',
      ThreatName: 'T',
      ServiceName: 'svc',
      Level: 4,
    };
    for (const [name, value] of Object.entries(expected)) expect(event.field(name)).toBe(value);
    expect(event.field('Nothing')).toBeNull();
    expect(event.field('Event.System.EventRecordID')).toBe(99);
    expect(event.field('Threat Name')).toBeUndefined();
    expect(event.normalized.time).toBe('2024-05-01T08:00:00.123Z');
    expect(event.identity?.stream).toBe('windows|ws8.corp.example|microsoft-windows-sysmon/operational');
  });

  it('understands the ways of writing data elements', () => {
    const named = read(
      evtx(
        {},
        {
          EventData: {
            Data: [
              { '@Name': 'User', '#text': 'CORP\\dan' },
              { '#attributes': { Name: 'Image' }, '#text': 'C:\\a.exe' },
            ],
          },
        },
      ),
    );
    expect(named.field('User')).toBe('CORP\\dan');
    expect(named.field('Image')).toBe('C:\\a.exe');
    expect(searchTerms(named)).toContain('user:dan');
    expect(read(evtx({}, { EventData: { Data: { '#text': ['one', 'two'] } } })).field('Data')).toEqual(['one', 'two']);
    expect(read(evtx({}, { EventData: { Data: 'one' } })).field('Data')).toBe('one');
  });

  it('unwraps user data, whose members win over the system facts of the same name', () => {
    const event = read(
      evtx({ EventID: 104, Channel: 'System' }, { UserData: { LogFileCleared: { SubjectUserName: 'eve', Channel: 'Application' } } }),
    );
    expect(event.field('SubjectUserName')).toBe('eve');
    expect(event.field('Channel')).toBe('Application');
    expect(event.origin.channel).toBe('system');
  });
});

describe('Winlogbeat', () => {
  const data = { Image: 'C:\\b.exe', User: 'CORP\\fay', UtcTime: '2024-05-01 08:00:00.001' };

  it.each([
    [
      '6',
      {
        log_name: 'Microsoft-Windows-Sysmon/Operational',
        event_id: 1,
        computer_name: 'WS9',
        record_number: '12',
        source_name: 'P',
        event_data: data,
      },
    ],
    [
      '7',
      {
        winlog: {
          channel: 'Microsoft-Windows-Sysmon/Operational',
          event_id: '1',
          computer_name: 'WS9',
          record_id: 12,
          provider_name: 'P',
          event_data: data,
        },
        ecs: { version: '8' },
      },
    ],
  ])('%s is read as the Windows event that it carries', (_version, layout) => {
    const event = read({ '@timestamp': '2024-05-01T08:00:00.100Z', message: 'text', ...layout });
    expect(event).toMatchObject({ format: 'sysmon', time: Date.UTC(2024, 4, 1, 8, 0, 0, 1), origin: { eventId: 1 } });
    expect(event.identity).toEqual({ stream: 'windows|ws9|microsoft-windows-sysmon/operational', key: 'b12|2024-05-01T08:00:00.100Z' });
    expect(['Image', 'EventID', 'Channel', 'Provider_Name', 'Message'].map((name) => event.field(name))).toEqual([
      'C:\\b.exe',
      1,
      'Microsoft-Windows-Sysmon/Operational',
      'P',
      'text',
    ]);
  });

  it('reaches data by its full path, too', () => {
    expect(read({ winlog: { channel: 'Security', event_id: 1, event_data: data } }).field('winlog.event_data.User')).toBe('CORP\\fay');
  });
});
