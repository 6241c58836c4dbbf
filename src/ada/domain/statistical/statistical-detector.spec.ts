import fc from 'fast-check';
import type { Detection } from '../../../contracts/detection.js';
import type { EventFormat, SecurityEvent } from '../../../contracts/security-event.js';
import { toTenantId } from '../../../contracts/tenant.js';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import { StatisticalDetector } from './statistical-detector.js';

const HEAD = { batch_id: 'b', received_at: '2026-03-09T00:00:00.000Z' };
const TENANT = toTenantId('acme-corp');
const START = Date.parse('2026-03-02T00:00:00.000Z');
const HOUR = 3_600_000;
const HOSTS = Array.from({ length: 10 }, (_, i) => `WS-${i}`);
const PROGRAMS = ['chrome.exe', 'outlook.exe', 'winword.exe', 'teams.exe', 'cmd.exe', 'powershell.exe'];

function event(index: number, fields: Record<string, unknown>, declared: EventFormat | 'auto' = 'auto'): SecurityEvent {
  const parsed = parseEvent(JSON.stringify(fields), { index, declared, receivedAt: START });
  if (isRejection(parsed)) throw new Error(parsed.detail);
  return parsed;
}

function sysmon(time: number, host: string, image: string, parent: string): Record<string, unknown> {
  return {
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    EventID: 1,
    Computer: `${host}.corp.example`,
    UtcTime: new Date(time).toISOString().replace('T', ' ').replace('Z', ''),
    Image: `C:\\Windows\\${image}`,
    ParentImage: `C:\\Windows\\${parent}`,
    CommandLine: image,
    User: `CORP\\user-${host}`,
  };
}

function failedLogon(time: number, user: string, ip: string): Record<string, unknown> {
  return {
    Channel: 'Security',
    EventID: 4625,
    Computer: 'DC-1.corp.example',
    '@timestamp': new Date(time).toISOString(),
    TargetUserName: user,
    IpAddress: ip,
    LogonType: 3,
  };
}

/** Everyday work: every host runs every program from the shell, `count` events spread evenly from `from` over `span` ms. */
function workday(from: number, span: number, count: number): SecurityEvent[] {
  return Array.from({ length: count }, (_, i) =>
    event(i, sysmon(from + (i * span) / count, HOSTS[i % 10]!, PROGRAMS[Math.floor(i / 10) % PROGRAMS.length]!, 'explorer.exe')),
  );
}

function batches(events: readonly SecurityEvent[], size = 500): SecurityEvent[][] {
  return Array.from({ length: Math.ceil(events.length / size) }, (_, i) => events.slice(i * size, (i + 1) * size));
}

function inspectAll(detector: StatisticalDetector, events: readonly SecurityEvent[]): Detection[] {
  return batches(events).flatMap((batch) => detector.inspect(TENANT, batch, HEAD));
}

let trained: Uint8Array | undefined;

/** A detector that knows eight hours of everyday work, of which it said nothing. */
function learned(): StatisticalDetector {
  const detector = new StatisticalDetector();
  detector.init();
  if (trained === undefined) {
    expect(inspectAll(detector, workday(START, 8 * HOUR, 6_000))).toEqual([]);
    trained = detector.snapshot(TENANT)!;
  }
  detector.restore(TENANT, trained);
  return detector;
}

describe('StatisticalDetector', () => {
  const later = START + 8 * HOUR;

  it('says nothing while it learns, however new things are', () => {
    const detector = new StatisticalDetector();
    detector.init();
    const news = Array.from({ length: 400 }, (_, i) => event(i, sysmon(START + i * 1_000, 'WS-1', `new-${i}.exe`, 'explorer.exe')));
    expect(inspectAll(detector, news)).toEqual([]);
  });

  it('tells once of a known program started by one that never did', () => {
    const detector = learned();
    const strange = event(3, sysmon(later, 'WS-4', 'powershell.exe', 'winword.exe'));
    const [found, ...others] = detector.inspect(TENANT, [strange], HEAD);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      detector: 'statistical',
      rule: { id: 'gatra.statistical.first-seen-spawn', author: 'GATRA project', license: 'Apache-2.0', level: 'low' },
      severity: 'medium',
      event_index: 3,
      event_time: '2026-03-02T08:00:00.000Z',
      rarity: 1,
      reason: 'first time winword.exe started powershell.exe on ws-4 (by user-ws-4); that parent never started anything before',
    });
    expect(found?.entities).toContainEqual({ type: 'host', value: 'ws-4' });
    expect(detector.inspect(TENANT, [strange], HEAD)).toEqual([]);
  });

  it('does not tell what several others already do', () => {
    const detector = learned();
    const spread = HOSTS.map((host, i) => event(i, sysmon(later + i, host, 'newtool.exe', 'explorer.exe')));
    const told = detector.inspect(TENANT, spread, HEAD);
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThanOrEqual(2);
  });

  it('keeps to its budget, and to one finding an entity and batch', () => {
    const detector = learned();
    const onOneHost = Array.from({ length: 50 }, (_, i) =>
      event(i, sysmon(later + i, 'WS-1', `tool-${'abcdefghij'[i % 10]}${i}.exe`, 'explorer.exe')),
    );
    expect(detector.inspect(TENANT, onOneHost, HEAD)).toHaveLength(1);
    const everywhere = Array.from({ length: 500 }, (_, i) => event(i, sysmon(later + i, HOSTS[i % 10]!, `x${i}.exe`, `y${i}.exe`)));
    expect(inspectAll(detector, everywhere).length).toBeLessThanOrEqual(5);
  });

  it('tells of bursts of failed logons, by the address that makes them', () => {
    const detector = learned();
    const spray = Array.from({ length: 60 }, (_, i) => event(i, failedLogon(later + i * 1_000, `user${i}`, '10.9.9.9')));
    const [found, ...others] = detector.inspect(TENANT, spray, HEAD);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      rule: { id: 'gatra.statistical.burst-failed-logons' },
      severity: 'medium',
      techniques: ['T1110'],
      reason: '10.9.9.9: more than 15 failed logons within five minutes, where there were none before',
    });
  });

  it('tells how rare events are once it has learned', () => {
    const detector = new StatisticalDetector();
    detector.init();
    const common = event(0, sysmon(later, 'WS-0', 'chrome.exe', 'explorer.exe'));
    expect(detector.rarityOf(TENANT, common)).toBeUndefined();
    inspectAll(detector, workday(START, 8 * HOUR, 6_000));
    const strange = event(0, sysmon(later, 'WS-4', 'powershell.exe', 'winword.exe'));
    detector.inspect(TENANT, [strange], HEAD);
    expect(detector.rarityOf(TENANT, strange)).toBe(1);
    expect(detector.rarityOf(TENANT, common)).toBeLessThan(0.5);
    expect(detector.rarityOf(TENANT, event(0, { Channel: 'System', EventID: 7036 }))).toBeUndefined();
  });

  it('keeps tenants apart', () => {
    const detector = learned();
    const strange = event(0, sysmon(later, 'WS-4', 'powershell.exe', 'winword.exe'));
    expect(detector.inspect(toTenantId('globex'), [strange], HEAD)).toEqual([]);
    expect(detector.inspect(TENANT, [strange], HEAD)).toHaveLength(1);
  });

  it('is not moved by single events with a time far ahead or behind', () => {
    const detector = new StatisticalDetector();
    detector.init();
    const events = workday(START, HOUR, 6_000);
    for (const batch of batches(events)) {
      const odd = [
        event(0, sysmon(START + 10_000 * HOUR, 'WS-1', 'cmd.exe', 'explorer.exe')),
        event(1, sysmon(1, 'WS-1', 'cmd.exe', 'explorer.exe')),
      ];
      detector.inspect(TENANT, [...batch, ...odd], HEAD);
    }
    expect(detector.inspect(TENANT, [event(0, sysmon(START + HOUR, 'WS-4', 'cmd.exe', 'winword.exe'))], HEAD)).toEqual([]);
  });

  describe('where clocks are wrong', () => {
    const at = (time: number) => ({ batch_id: 'b', received_at: new Date(time).toISOString() });
    const odd = (time: number): SecurityEvent => event(0, sysmon(time, 'WS-1', 'cmd.exe', 'explorer.exe'));
    const sprayed = (detector: StatisticalDetector, from: number): readonly string[] => {
      const spray = Array.from({ length: 60 }, (_, i) => event(i, failedLogon(from + i * 1_000, `user${i}`, '10.9.9.9')));
      return detector.inspect(TENANT, spray, at(from + 61_000)).map(({ rule }) => rule.id);
    };

    it.each([
      ['40 minutes', HOUR * (2 / 3)],
      ['30 days', 720 * HOUR],
      ['ten years', 87_600 * HOUR],
    ])('is not blinded by a host whose clock is %s ahead', (_, ahead) => {
      const detector = learned();
      for (let i = 0; i < 20; i++) detector.inspect(TENANT, [odd(later + ahead + i)], at(later + i));
      detector.inspect(TENANT, [...workday(later, 30_000, 50), odd(later + ahead)], at(later + 30_000));
      expect(sprayed(detector, later + 30_000)).toEqual(['gatra.statistical.burst-failed-logons']);
    });

    it('comes back from a time that an earlier version was led to, and knows what it had learned', () => {
      const detector = learned();
      const far = later + 720 * HOUR;
      detector.inspect(TENANT, [odd(far), event(1, failedLogon(far, 'user1', '10.9.9.9'))], at(far));
      detector.restore(TENANT, detector.snapshot(TENANT)!);
      expect(sprayed(detector, later)).toEqual(['gatra.statistical.burst-failed-logons']);
      expect(detector.rarityOf(TENANT, odd(later))).toBeLessThan(0.6);
    });

    it('keeps what it learned where the clock of the machine was not set for a while', () => {
      const detector = learned();
      const before = detector.snapshot(TENANT)!;
      detector.inspect(TENANT, [], at(0));
      detector.inspect(TENANT, [odd(later)], at(Date.UTC(2000, 0)));
      expect(detector.rarityOf(TENANT, odd(later))).toBeLessThan(0.5);
      expect(before).toHaveLength(detector.snapshot(TENANT)!.length);
      expect(sprayed(detector, later)).toEqual(['gatra.statistical.burst-failed-logons']);
    });

    it('counts what is replayed long after it happened at its own time', () => {
      const detector = learned();
      const spread = Array.from({ length: 60 }, (_, i) => event(i, failedLogon(later + i * 60_000, `user${i}`, '10.9.9.9')));
      expect(detector.inspect(TENANT, spread, at(later + 8_760 * HOUR))).toEqual([]);
      expect(sprayed(detector, later + 2 * HOUR)).toEqual(['gatra.statistical.burst-failed-logons']);
    });
  });

  it('goes on from a snapshot exactly as it would have without', () => {
    const pieces = fc.array(fc.tuple(fc.nat(9), fc.nat(40), fc.nat(40), fc.nat(600_000)), { minLength: 1, maxLength: 60 });
    const start = learned().snapshot(TENANT)!;
    fc.assert(
      fc.property(pieces, pieces, (before, after) => {
        const make = (of: typeof before): SecurityEvent[] =>
          of.map(([host, child, parent, offset], i) => event(i, sysmon(later + offset, HOSTS[host]!, `p${child}.exe`, `p${parent}.exe`)));
        const straight = new StatisticalDetector();
        straight.restore(TENANT, start);
        straight.inspect(TENANT, make(before), HEAD);
        const resumed = new StatisticalDetector();
        resumed.restore(TENANT, straight.snapshot(TENANT)!);
        expect(resumed.inspect(TENANT, make(after), HEAD)).toEqual(straight.inspect(TENANT, make(after), HEAD));
        expect(Buffer.from(resumed.snapshot(TENANT)!).equals(straight.snapshot(TENANT)!)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('takes a snapshot that is not one for none', () => {
    const detector = learned();
    detector.restore(TENANT, new Uint8Array([1, 2, 3]));
    expect(detector.snapshot(TENANT)).toBeNull();
  });

  it('stays below 512 KiB a tenant, whatever is sent', () => {
    const detector = new StatisticalDetector();
    detector.init();
    const flood = Array.from({ length: 5_000 }, (_, i) =>
      event(i, sysmon(START + i, `HOST-${i}`, `${'x'.repeat(i % 900)}${i}.exe`, `p${i}.exe`)),
    );
    inspectAll(detector, flood);
    const size = detector.snapshot(TENANT)!.length;
    expect(size).toBeLessThan(512 * 1024);
    inspectAll(detector, flood.toReversed());
    expect(detector.snapshot(TENANT)!.length).toBe(size);
  });
});
