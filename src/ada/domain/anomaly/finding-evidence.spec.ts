import type { SecurityEvent } from '../../../contracts/security-event.js';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import { ObservedEvents } from '../statistical/observed-events.js';
import type { AnomalyFinding } from './anomaly-finding.js';
import { evidenceOf } from './finding-evidence.js';

const NOON = Date.UTC(2026, 2, 2, 12);
const USUAL = { score: 1, count: 9, usual: 1 };

function logon(index: number, second: number, user: string, host: string): SecurityEvent {
  const fields = {
    '@timestamp': new Date(NOON + second * 1_000).toISOString(),
    ecs: { version: '8.11' },
    event: { action: 'logon', outcome: 'success' },
    user: { name: user },
    host: { name: host },
  };
  const event = parseEvent(JSON.stringify(fields), { index, declared: 'ecs', receivedAt: 0 });
  if (isRejection(event)) throw new Error(event.detail);
  return event;
}

const indexes = (finding: AnomalyFinding, events: readonly SecurityEvent[]): number[] =>
  evidenceOf(finding, events, new ObservedEvents()).map(({ index }) => index);

function edgeBurst(event: SecurityEvent, by: 'edge' | 'source' | 'destination'): AnomalyFinding {
  const edge = { type: 'logon', source: 'eve', destination: 'ws-1', actor: 'eve', isFailure: false } as const;
  return { kind: 'edge', event, subject: 'eve', chance: 1e-6, edge, judgement: { ...USUAL, by } };
}

describe('the evidence of an anomaly', () => {
  const events = [
    logon(0, -61, 'eve', 'ws-1'),
    logon(1, -59, 'eve', 'ws-1'),
    logon(2, -2, 'ann', 'ws-1'),
    logon(3, -1, 'eve', 'ws-2'),
    logon(4, 0, 'eve', 'ws-1'),
    logon(5, 59, 'eve', 'ws-1'),
    logon(6, 61, 'eve', 'ws-1'),
    logon(7, 280, 'eve', 'ws-3'),
    logon(8, 301, 'eve', 'ws-3'),
  ];

  it('are the edges within a minute that are like it in what is unusual', () => {
    expect(indexes(edgeBurst(events[4]!, 'edge'), events)).toEqual([1, 4, 5]);
    expect(indexes(edgeBurst(events[4]!, 'source'), events)).toEqual([1, 3, 4, 5]);
    expect(indexes(edgeBurst(events[4]!, 'destination'), events)).toEqual([1, 2, 4, 5]);
  });

  it('are all that an entity did within its five minutes', () => {
    const finding: AnomalyFinding = { kind: 'entity', event: events[4]!, subject: 'eve', chance: 0, feature: 'logon', seen: 9, usual: 1 };
    expect(indexes(finding, events)).toEqual([4, 5, 6, 7]);
  });

  it('are those that were counted, and the one that ended the count', () => {
    const span = { from: NOON - 300_000, to: NOON };
    const finding: AnomalyFinding = {
      kind: 'series',
      event: events[4]!,
      subject: 'logon count',
      chance: 0,
      type: 'logon',
      seen: 4,
      by: 'value',
      expected: 1,
      ...span,
    };
    expect(indexes(finding, events)).toEqual([0, 1, 2, 3, 4]);
    expect(indexes({ ...finding, type: 'cloud' }, events)).toEqual([4]);
  });

  it('are 32 at most, among them the event that it was found at', () => {
    const many = Array.from({ length: 100 }, (_, index) => logon(index, 0, 'eve', 'ws-1'));
    const around = (at: number): number[] => indexes(edgeBurst(many[at]!, 'edge'), many);
    expect(around(0)).toEqual(Array.from({ length: 32 }, (_, n) => n));
    expect(around(99)).toEqual(Array.from({ length: 32 }, (_, n) => 68 + n));
  });
});
