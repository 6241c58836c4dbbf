import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import type { LakeEvent } from '../../src/mssp/lake/domain/lake-event.js';
import { toLakeEvent } from '../../src/mssp/lake/domain/to-lake-event.js';

/** Within the weeks behind us, as a lake refuses what lies years back. */
export const ARRIVAL = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 14 * 86_400_000;

/** What an event says, as a text that is read as a generic event. */
export interface Said {
  readonly '@timestamp'?: string;
  readonly host?: string;
  readonly user?: string;
  readonly src_ip?: string;
  readonly process?: string;
  readonly message?: string;
}

/** An event as it would be copied. @param at arrival, milliseconds since the epoch */
export function lakeEvent(said: Said, at = ARRIVAL, rules: readonly string[] = [], index = 0, batch = uuidv7({ msecs: at })): LakeEvent {
  const raw = JSON.stringify({ '@timestamp': new Date(at).toISOString(), ...said });
  const event = toLakeEvent({ batch_id: batch, index, received_at: at, source: 'generic', raw, rules });
  if (!event) throw new Error('the fixture cannot be read');
  return event;
}

const HOSTILE = [
  "' OR 1=1 --",
  '\\',
  '"',
  '%',
  '_',
  '`',
  '\u{1F980}',
  'İstanbul',
  '\u212A',
  'Straße',
  '\\u0000',
  '@p',
  '{x:String}',
  '?',
  '$1',
  '\t',
];

/** Texts of which some look alike, and some are what a query would trip over. */
export const text = (): fc.Arbitrary<string> =>
  fc.oneof(fc.constantFrom('alpha', 'Alpha', 'beta', ...HOSTILE), fc.string({ maxLength: 12, unit: 'grapheme' }));

/** Events of an hour that share hosts, users, addresses and words. */
export const lakeEvents = (): fc.Arbitrary<readonly LakeEvent[]> =>
  fc
    .array(
      fc.record({
        host: fc.option(fc.constantFrom('ws-1', 'WS-1', 'ws-2', "o'neill"), { nil: undefined }),
        user: fc.option(fc.constantFrom('alice', 'bob', 'a%'), { nil: undefined }),
        src_ip: fc.option(fc.constantFrom('203.0.113.7', '2001:db8::7'), { nil: undefined }),
        process: fc.option(fc.constantFrom('C:\\Windows\\cmd.exe', '/usr/bin/curl'), { nil: undefined }),
        message: text(),
        minute: fc.integer({ min: 0, max: 59 }),
        rules: fc.subarray(['rule-1', 'rule-2', "rule'3"]),
      }),
      { minLength: 1, maxLength: 40 },
    )
    .map((all) =>
      all.map(({ minute, rules, ...said }) =>
        lakeEvent(
          {
            ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
            '@timestamp': new Date(ARRIVAL + minute * 60_000).toISOString(),
          },
          ARRIVAL + minute * 60_000,
          rules,
        ),
      ),
    );
