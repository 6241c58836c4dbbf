import type { Detection } from '../../../contracts/detection.js';
import type { SecurityEvent } from '../../../contracts/security-event.js';
import { toTenantId } from '../../../contracts/tenant.js';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import { AnomalyDetector } from './anomaly-detector.js';
import { SeededChance } from './seeded-chance.js';

const HEAD = { batch_id: 'b', received_at: '2026-03-09T00:00:00.000Z' };
const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');
const RISK = 1e-4;
const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 2);

interface Logon {
  readonly user: string;
  readonly host: string;
  readonly failed?: boolean;
}

function batch(minute: number, logons: readonly Logon[]): SecurityEvent[] {
  return logons.map(({ user, host, failed }, index) => {
    const fields = {
      '@timestamp': new Date(START + minute * MINUTE + index * 10).toISOString(),
      ecs: { version: '8.11' },
      event: { action: 'logon', outcome: failed ? 'failure' : 'success' },
      user: { name: user },
      host: { name: host },
    };
    const event = parseEvent(JSON.stringify(fields), { index, declared: 'ecs', receivedAt: 0 });
    if (isRejection(event)) throw new Error(event.detail);
    return event;
  });
}

/** Sixty people who log on to their own few hosts. */
function usual(minute: number, seed = 1): Logon[] {
  const chance = new SeededChance(seed * 7_919 + minute);
  return Array.from({ length: 8 + chance.below(5) }, () => {
    const person = chance.below(60);
    return { user: `user${person}`, host: `ws-${(person + chance.below(3)) % 60}`, failed: chance.next() < 0.02 };
  });
}

const SPRAY: readonly Logon[] = Array.from({ length: 300 }, (_, i) => ({ user: 'mallory', host: `ws-${i % 40}`, failed: true }));
const LEARNED = 720;

function learned(): AnomalyDetector {
  const detector = new AnomalyDetector(() => RISK);
  detector.init();
  for (let minute = 0; minute < LEARNED; minute++) detector.inspect(ACME, batch(minute, usual(minute)), HEAD);
  return detector;
}

const about = (detections: readonly Detection[], name: string): Detection[] =>
  detections.filter(({ entities }) => entities.some(({ value }) => value === name));

describe('AnomalyDetector', () => {
  let snapshot: Uint8Array;
  const restored = (): AnomalyDetector => {
    const detector = new AnomalyDetector(() => RISK);
    detector.init();
    detector.restore(ACME, snapshot);
    return detector;
  };

  beforeAll(() => {
    snapshot = learned().snapshot(ACME)!;
  });

  it('says what was expected, what was seen and which event shows it', () => {
    const [found] = about(restored().inspect(ACME, batch(LEARNED, [...usual(LEARNED), ...SPRAY]), HEAD), 'mallory');
    expect(found).toMatchObject({ detector: 'statistical', rule: { author: 'GATRA project' }, severity: 'low' });
    expect(found!.reason).toMatch(/seen, .*expected/);
    expect(found!.evidence!.length).toBeGreaterThan(4);
    expect(found!.evidence).toContain(`b.${found!.event_index}`);
    expect(found!.entities).toContainEqual({ type: 'user', value: 'mallory' });
  });

  it('tells of a burst its height, and of who is behind it before those whom it goes to', () => {
    const burst = SPRAY.map((logon) => ({ ...logon, user: 'user7' }));
    const reasons = restored()
      .inspect(ACME, batch(LEARNED, [...usual(LEARNED), ...burst]), HEAD)
      .map(({ reason }) => reason);
    const [height] = reasons.flatMap((reason) => /^failed logons of user7: (\d+) within/.exec(reason)?.[1] ?? []);
    expect(Number(height)).toBeGreaterThan(290);
  });

  it('keeps to its budget', () => {
    const detector = restored();
    let found = 0;
    let events = 0;
    for (let minute = LEARNED; minute < LEARNED + 20; minute++) {
      const loud = [...usual(minute), ...SPRAY.map((logon, i) => ({ ...logon, user: `mallory${minute}-${i % 20}` }))];
      events += loud.length;
      found += detector.inspect(ACME, batch(minute, loud), HEAD).length;
    }
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThanOrEqual(5 + events / 1_000);
  });

  it('says next to nothing on a day like the one before', () => {
    const detector = restored();
    let found = 0;
    for (let minute = LEARNED; minute < LEARNED + 180; minute++) found += detector.inspect(ACME, batch(minute, usual(minute)), HEAD).length;
    expect(found).toBeLessThanOrEqual(2);
  });

  it('gives the same on a replay, and from a snapshot of bounded size', () => {
    const late = batch(LEARNED, [...usual(LEARNED), ...SPRAY]);
    expect(learned().inspect(ACME, late, HEAD)).toEqual(restored().inspect(ACME, late, HEAD));
    expect(snapshot.length).toBeLessThan(512 * 1024);
  });

  it('keeps tenants apart', () => {
    const detector = restored();
    for (let minute = 0; minute < 5; minute++) detector.inspect(GLOBEX, batch(minute, SPRAY), HEAD);
    expect(detector.snapshot(ACME)).toEqual(snapshot);
    expect(detector.snapshot(GLOBEX)).not.toBeNull();
    detector.forget(GLOBEX);
    expect(detector.snapshot(GLOBEX)).toBeNull();
  });

  it('holds nothing of a tenant that it is off for, and forgets one that it is switched off for', () => {
    let risk: number | undefined = RISK;
    const detector = new AnomalyDetector((tenant) => (tenant === ACME ? risk : undefined));
    detector.init();
    expect(detector.inspect(GLOBEX, batch(0, SPRAY), HEAD)).toEqual([]);
    expect(detector.snapshot(GLOBEX)).toBeNull();
    detector.inspect(ACME, batch(0, SPRAY), HEAD);
    expect(detector.snapshot(ACME)).not.toBeNull();
    risk = undefined;
    detector.inspect(ACME, batch(1, SPRAY), HEAD);
    expect(detector.snapshot(ACME)).toBeNull();
  });

  it('takes no snapshot for its own that is cut or of another kind', () => {
    const detector = restored();
    for (const bytes of [snapshot.subarray(1), new Uint8Array(snapshot.length), new Uint8Array(0)]) {
      detector.restore(ACME, bytes);
      expect(detector.snapshot(ACME)).toBeNull();
    }
  });

  describe('where clocks are wrong', () => {
    const at = (minute: number) => ({ batch_id: 'b', received_at: new Date(START + minute * MINUTE + 30_000).toISOString() });
    const sprayed = (detector: AnomalyDetector, minute: number): readonly Detection[] =>
      detector.inspect(ACME, batch(minute, [...usual(minute), ...SPRAY]), at(minute)).filter(({ reason }) => /failed logon/.test(reason));

    it('sees those whose clock is right after single events of hosts whose clock is ahead', () => {
      const detector = restored();
      for (const ahead of [40, 30 * 1_440, 3_650 * 1_440]) {
        detector.inspect(ACME, batch(LEARNED + ahead, [{ user: 'user1', host: 'ws-1' }]), at(LEARNED));
      }
      detector.inspect(ACME, [...batch(LEARNED, usual(LEARNED)), ...batch(LEARNED + 40, [{ user: 'user1', host: 'ws-1' }])], at(LEARNED));
      expect(sprayed(detector, LEARNED + 1)).not.toEqual([]);
    });

    it('comes back from a time that an earlier version was led to, as soon as what it learned is read', () => {
      const ahead = restored();
      const far = { batch_id: 'b', received_at: '2036-01-01T00:00:00.000Z' };
      ahead.inspect(ACME, batch(LEARNED + 30 * 1_440, [{ user: 'user1', host: 'ws-1' }]), far);
      const detector = restored();
      detector.restore(ACME, ahead.snapshot(ACME)!);
      for (let minute = LEARNED; minute < LEARNED + 10; minute++) detector.inspect(ACME, batch(minute, usual(minute)), at(minute));
      expect(sprayed(detector, LEARNED + 10)).not.toEqual([]);
    });
  });

  it('tells an attacker who teaches it by ever larger attacks, while he does so', () => {
    const detector = restored();
    const found: Detection[] = [];
    for (let minute = LEARNED; minute < LEARNED + 300; minute++) {
      const part = (minute - LEARNED) / 300;
      found.push(...detector.inspect(ACME, batch(minute, [...usual(minute), ...SPRAY.slice(0, Math.ceil(20 * part))]), HEAD));
    }
    expect(about(found, 'mallory').length).toBeGreaterThanOrEqual(2);
    expect(found.length).toBeLessThanOrEqual(12);
  });
});
