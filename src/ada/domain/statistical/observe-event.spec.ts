import type { EventFormat, SecurityEvent } from '../../../contracts/security-event.js';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import { observeEvent } from './observe-event.js';
import { imageOf, programOf } from './program-name.js';
import { isPrivateAddress } from './private-address.js';

function event(fields: Record<string, unknown>, declared: EventFormat | 'auto' = 'auto'): SecurityEvent {
  const parsed = parseEvent(JSON.stringify(fields), { index: 0, declared, receivedAt: 0 });
  if (isRejection(parsed)) throw new Error(parsed.detail);
  return parsed;
}

const SYSMON = { Channel: 'Microsoft-Windows-Sysmon/Operational', Computer: 'WS-17.corp.example' };

describe('observeEvent', () => {
  it('sees a process with its parent and its host', () => {
    const { pairs, tallies } = observeEvent(
      event({
        ...SYSMON,
        EventID: 1,
        Image: 'C:\\Users\\Alice\\AppData\\tool 10.2.1.exe',
        ParentImage: 'C:\\Windows\\explorer.exe',
        CommandLine: 'x',
      }),
    );
    expect(pairs).toEqual([
      { facet: 'spawn', left: 'tool 10.2.1.exe', right: 'explorer.exe' },
      { facet: 'process', left: 'ws-17', right: 'c:\\users\\*\\appdata\\tool #.exe' },
    ]);
    expect(tallies).toEqual([{ rate: 'activity', entity: 'ws-17' }]);
  });

  it('sees administrative connections inside and programs that connect outside', () => {
    const connection = { ...SYSMON, EventID: 3, Image: 'C:\\a\\rundll32.exe', SourceIp: '10.0.0.5', DestinationPort: 445 };
    expect(observeEvent(event({ ...connection, DestinationIp: '10.0.0.9' })).pairs).toEqual([
      { facet: 'admin-connection', left: '10.0.0.5', right: '10.0.0.9 port 445' },
    ]);
    const outside = observeEvent(event({ ...connection, DestinationIp: '203.0.113.9' }));
    expect(outside.pairs).toEqual([{ facet: 'egress', left: 'ws-17', right: 'rundll32.exe' }]);
    expect(outside.tallies).toEqual([{ rate: 'destinations', entity: '10.0.0.5', item: '203.0.113.9/445' }]);
  });

  it('sees logons of people, not of machines', () => {
    const logon = { Channel: 'Security', EventID: 4624, Computer: 'DC-1', LogonType: 3 };
    expect(observeEvent(event({ ...logon, TargetUserName: 'Alice' })).pairs).toEqual([{ facet: 'logon', left: 'alice', right: 'dc-1' }]);
    expect(observeEvent(event({ ...logon, TargetUserName: 'WS-17$' })).pairs).toEqual([]);
  });

  it('sees cloud calls', () => {
    const call = {
      eventVersion: '1.08',
      eventSource: 's3.amazonaws.com',
      eventName: 'DeleteBucket',
      eventTime: '2026-01-01T00:00:00Z',
      userIdentity: { type: 'IAMUser', userName: 'deploy', accountId: '1' },
    };
    expect(observeEvent(event(call, 'cloudtrail')).pairs).toEqual([
      { facet: 'cloud', left: 'deploy', right: 's3.amazonaws.com:DeleteBucket' },
    ]);
  });

  it('passes over what tells nothing', () => {
    expect(observeEvent(event({ ...SYSMON, EventID: 7, ImageLoaded: 'C:\\a.dll' }))).toEqual({ pairs: [], tallies: [] });
  });
});

describe('names', () => {
  it('reduces paths to what installations have in common', () => {
    expect(programOf('/usr/bin/Curl')).toBe('curl');
    expect(imageOf('/home/bob/.cache/9b2f0c1e-1234-4321-8888-0123456789ab/run')).toBe('/home/*/.cache/*/run');
    expect(imageOf('C:\\Windows\\System32\\cmd.exe')).toBe('c:\\windows\\system32\\cmd.exe');
  });

  it.each([
    ['10.1.2.3', true],
    ['172.31.0.1', true],
    ['172.32.0.1', false],
    ['192.168.1.1', true],
    ['8.8.8.8', false],
    ['fd00::1', true],
    ['2001:db8::1', false],
  ])('knows whether %s is private', (address, isPrivate) => {
    expect(isPrivateAddress(address)).toBe(isPrivate);
  });
});
