import type { SecurityEvent } from '../../contracts/security-event.js';
import { isRejection, parseEvent } from '../../events/parse-event.js';
import { compileLinearMatcher } from '../adapters/linear-text-matcher.js';
import { AllowList } from './allow-list.js';
import { StixPatternError } from './stix/stix-pattern-error.js';
import { EventMatcher } from './event-matcher.js';
import { compileIndicators } from './indicator-image.js';
import { IndicatorMatcher } from './indicator-matcher.js';
import type { Indicator } from './indicator.js';
import { valueOfType } from './indicator-value.js';
import { UntriedPatterns } from './untried-patterns.js';

const AT = Date.parse('2026-03-01T00:00:00Z');
const UNTIL = AT + 60_000;

function indicator(id: string, values: readonly (readonly [string, string])[], more: Partial<Indicator> = {}): Indicator {
  return {
    indicator_id: id,
    source: 'feed',
    external_id: id,
    name: id,
    values: values.map(([type, value]) => valueOfType(type, value)),
    valid_from: null,
    valid_until: null,
    confidence: 0.5,
    revoked: false,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

function event(fields: Readonly<Record<string, unknown>>, format: 'auto' | 'generic' | 'zeek' | 'ecs' = 'auto'): SecurityEvent {
  const parsed = parseEvent(JSON.stringify(fields), { index: 0, declared: format, receivedAt: AT });
  if (isRejection(parsed)) throw new Error(parsed.detail);
  return parsed;
}

const sysmon = (fields: Readonly<Record<string, unknown>>): SecurityEvent =>
  event({ Channel: 'Microsoft-Windows-Sysmon/Operational', UtcTime: '2026-03-01 00:00:00.000', Computer: 'ws1', ...fields });

const KNOWN = [
  indicator('ip', [['ip', '203.0.113.7']]),
  indicator('block', [['ip', '198.51.100.0/24']]),
  indicator('six', [['ip', '2001:db8::/32']]),
  indicator('domain', [['domain', 'bad.example']]),
  indicator('url', [['url', 'http://worse.example/drop']]),
  indicator('md5', [['file_hash', '0a'.repeat(16)]]),
  indicator('sha256', [['file_hash', '5f'.repeat(32)]], { confidence: 0.9 }),
  indicator('name', [['file_name', 'evil.exe']]),
  indicator('key', [['registry_key', 'HKEY_LOCAL_MACHINE\\Software\\Bad']]),
  indicator('user key', [['registry_key', 'HKCU\\Software\\Worse']]),
  indicator('mutex', [['mutex', 'Global\\Bad-Mutex']]),
  indicator('mail', [['email', 'phisher@bad.example']]),
];

describe('EventMatcher', () => {
  const matcher = new EventMatcher(new IndicatorMatcher(structuredClone(compileIndicators(KNOWN)), compileLinearMatcher));
  const ids = (of: SecurityEvent): string[] => matcher.match(of, UNTIL).map(({ indicator_id }) => indicator_id);

  it.each<[string, SecurityEvent, string[]]>([
    ['both addresses', event({ src_ip: '203.0.113.7', dst_ip: '198.51.100.9' }, 'generic'), ['block', 'ip']],
    ['IPv4 in IPv6, and IPv6', event({ src_ip: '::ffff:198.51.100.9', dst_ip: '2001:db8:1::1' }, 'generic'), ['block', 'six']],
    ['a domain with its root', event({ domain: 'a.BAD.example.' }, 'generic'), ['domain']],
    [
      'addresses and names in answers of Zeek',
      event({ _path: 'dns', ts: 1, query: 'a.example', answers: ['x.bad.example', '203.0.113.7', 'TXT 8 bad.example'] }, 'zeek'),
      ['domain', 'ip'],
    ],
    [
      'an IPv4 address in results of a query',
      sysmon({ EventID: 22, QueryName: 'a.example', QueryResults: '::1;::ffff:198.51.100.9;' }),
      ['block'],
    ],
    [
      'an alias and an IPv6 address in them',
      sysmon({ EventID: 22, QueryResults: 'type:  5 a.bad.example;2001:DB8::5;' }),
      ['domain', 'six'],
    ],
    [
      'answers in objects',
      event({ '@timestamp': 1, ecs: {}, dns: { answers: [{ data: 'BAD.example.' }, { ttl: 5 }, 'x'], resolved_ip: '203.0.113.7' } }, 'ecs'),
      ['domain', 'ip'],
    ],
    [
      'answers of Suricata',
      event({
        timestamp: 1,
        event_type: 'dns',
        flow_id: 1,
        dns: { grouped: { AAAA: ['2001:db8::9'], CNAME: ['bad.example'] }, answers: [{ rdata: '203.0.113.7' }] },
      }),
      ['domain', 'ip', 'six'],
    ],
    ['answers of OCSF', event({ class_uid: 4003, time: 1, answers: [{ rdata: '203.0.113.7' }] }), ['ip']],
    [
      'the first 32 answers',
      event({ answers: [...Array.from({ length: 31 }, () => 'a.example'), 'bad.example', '203.0.113.7'] }, 'generic'),
      ['domain'],
    ],
    [
      'no answer that is none',
      event({ answers: [['203.0.113.7'], { data: ['203.0.113.7'] }, 7, null, '', ';', 'x 203.0.113.7'] }, 'generic'),
      [],
    ],
    ['no answer far behind', sysmon({ EventID: 22, QueryResults: `${'x'.repeat(4_090)};203.0.113.7;` }), []],
    ['a URL that is one', event({ url: 'https://Worse.example/drop?x=1' }, 'generic'), ['url']],
    ['a URL with its host apart', event({ _path: 'http', 'id.orig_h': '192.0.2.1', host: 'worse.example', uri: '/drop' }, 'zeek'), ['url']],
    ['all hashes of a list', sysmon({ EventID: 7, Hashes: `MD5=${'0A'.repeat(16)},SHA256=${'5F'.repeat(32)}` }), ['sha256', 'md5']],
    ['programs and files', sysmon({ EventID: 1, Image: 'C:\\a.exe', ParentImage: 'C:\\Temp\\EVIL.exe' }), ['name']],
    ['the name that a file was made with', sysmon({ EventID: 1, Image: 'C:\\a.exe', OriginalFileName: 'Evil.exe' }), ['name']],
    ['a key', sysmon({ EventID: 12, EventType: 'CreateKey', TargetObject: 'HKLM\\Software\\BAD' }), ['key']],
    ['a value in a key', sysmon({ EventID: 13, EventType: 'SetValue', TargetObject: 'HKLM\\software\\bad\\x' }), ['key']],
    ['nothing two below a key', sysmon({ EventID: 13, EventType: 'SetValue', TargetObject: 'HKLM\\software\\bad\\x\\y' }), []],
    ['a key of a user', sysmon({ EventID: 12, TargetObject: 'HKU\\S-1-5-21-1-2-3-1001\\SOFTWARE\\Worse' }), ['user key']],
    [
      'an audited key',
      event({ EventID: 4657, Channel: 'Security', ObjectType: 'Key', ObjectName: '\\REGISTRY\\MACHINE\\SOFTWARE\\Bad' }),
      ['key'],
    ],
    [
      'an audited mutant',
      event({ EventID: 4656, Channel: 'Security', ObjectType: 'Mutant', ObjectName: '\\Sessions\\1\\BaseNamedObjects\\Bad-Mutex' }),
      ['mutex'],
    ],
    ['no mutex in another case', event({ mutex: 'bad-mutex' }, 'generic'), []],
    ['a sender', event({ sender: 'Phisher@bad.example' }, 'generic'), ['mail']],
    ['values of other types', event({ mutex: ['Bad-Mutex'], sha256: 7, url: { a: 1 }, domain: null }, 'generic'), []],
    ['a text that is too long', event({ url: `http://worse.example/drop?${'x'.repeat(5_000)}` }, 'generic'), []],
  ])('finds %s', (_name, of, expected) => {
    expect(ids(of)).toEqual(expected);
  });

  it('tells what was seen, as an entity where there is such a thing', () => {
    expect(matcher.match(event({ domain: 'a.BAD.example', mutex: 'Bad-Mutex' }, 'generic'), UNTIL)).toMatchObject([
      { indicator_id: 'domain', kind: 'domain', value: 'a.BAD.example', entity: { type: 'domain', value: 'a.bad.example' } },
      { indicator_id: 'mutex', kind: 'mutex', value: 'Bad-Mutex' },
    ]);
  });

  it('looks at when the event was, and when it came', () => {
    const of = (more: Partial<Indicator>): string[] => {
      const image = compileIndicators([indicator('it', [['domain', 'bad.example']], more)]);
      const found = new EventMatcher(new IndicatorMatcher(image)).match(event({ domain: 'bad.example' }, 'generic'), UNTIL);
      return found.map(({ indicator_id }) => indicator_id);
    };
    expect(of({ valid_until: '2026-03-01T00:00:00.000Z' })).toEqual([]);
    expect(of({ valid_until: '2026-03-01T00:00:00.001Z' })).toEqual(['it']);
    expect(of({ valid_from: '2026-03-01T00:01:00.000Z' })).toEqual(['it']);
    expect(of({ valid_from: '2026-03-01T00:01:00.001Z' })).toEqual([]);
  });

  it('evaluates patterns on what an event is about', () => {
    const patterns = {
      line: "[process:name = 'odd.exe' AND process:command_line MATCHES '--exfil [0-9]+$']",
      parent: "[process:parent_ref.name = 'winword.exe' AND process:name != 'splwow64.exe']",
      traffic: "[network-traffic:dst_ref.value = '203.0.113.9' AND network-traffic:dst_port > 1000]",
      other: "[network-traffic:dst_ref.value = '203.0.113.9' AND network-traffic:dst_port > 5000]",
      hash: `[file:name = 'odd.exe' AND file:hashes.MD5 = '${'0a'.repeat(16)}']`,
      answer: "[ipv4-addr:value = '203.0.113.10' AND ipv4-addr:value LIKE '203.%']",
      key: "[windows-registry-key:key = 'HKLM\\\\Software\\\\Odd' AND windows-registry-key:key LIKE 'HKLM%']",
    };
    const known = Object.entries(patterns).map(([id, pattern]) => indicator(id, [], { pattern }));
    const both = new EventMatcher(new IndicatorMatcher(structuredClone(compileIndicators(known)), compileLinearMatcher));
    const found = (of: SecurityEvent): string[] => both.match(of, UNTIL).map(({ indicator_id, kind }) => `${kind} ${indicator_id}`);
    const start = { EventID: 1, Image: 'C:\\odd.exe', ParentImage: 'C:\\Office\\winword.exe', Hashes: `MD5=${'0A'.repeat(16)}` };
    expect(found(sysmon({ ...start, CommandLine: 'odd.exe --exfil 12' }))).toEqual(['pattern hash', 'pattern line', 'pattern parent']);
    expect(found(sysmon({ ...start, CommandLine: 'odd.exe --exfil' }))).toEqual(['pattern hash', 'pattern parent']);
    expect(found(event({ src_ip: '192.0.2.1', dst_ip: '203.0.113.9', dst_port: 4444 }, 'generic'))).toEqual(['pattern traffic']);
    expect(found(sysmon({ EventID: 22, QueryName: 'a.example', QueryResults: '203.0.113.10;' }))).toEqual(['pattern answer']);
    expect(found(sysmon({ EventID: 12, TargetObject: 'HKLM\\Software\\Odd' }))).toEqual(['pattern key']);
  });

  it('compiles what cannot be used once, not for each event', () => {
    let compiled = 0;
    const known = indicator('p', [], { pattern: "[domain-name:value = 'x.example' AND domain-name:value MATCHES 'x']" });
    const refusing = new IndicatorMatcher(compileIndicators([known]), () => {
      compiled += 1;
      throw new StixPatternError('too large');
    });
    const matcher = new EventMatcher(refusing);
    for (let i = 0; i < 3; i++) expect(matcher.match(event({ domain: 'x.example' }, 'generic'), UNTIL)).toEqual([]);
    expect(compiled).toBe(1);
  });

  it('tells nothing of what an allow-list covers where it is seen', () => {
    const allowLists = [
      AllowList.of([valueOfType('ip', '192.0.2.7'), valueOfType('domain', 'www.good.example'), valueOfType('ip', '198.51.100.8')]),
    ];
    const known = [
      indicator('block', [['ip', '192.0.2.0/24']]),
      indicator('above', [['domain', 'good.example']]),
      indicator('port', [], { pattern: "[network-traffic:dst_ref.value = '198.51.100.8' AND network-traffic:dst_port = 53]" }),
    ];
    const gated = new EventMatcher(new IndicatorMatcher(structuredClone(compileIndicators(known, { allowLists })), compileLinearMatcher));
    const found = (fields: object): string[] => gated.match(event({ ...fields }, 'generic'), UNTIL).map(({ indicator_id }) => indicator_id);
    expect(found({ dst_ip: '192.0.2.7' })).toEqual([]);
    expect(found({ dst_ip: '192.0.2.8' })).toEqual(['block']);
    expect(found({ src_ip: '192.0.2.8', dst_ip: '192.0.2.7' })).toEqual(['block']);
    expect(found({ domain: 'WWW.good.example.' })).toEqual([]);
    expect(found({ domain: 'a.www.good.example' })).toEqual([]);
    expect(found({ domain: 'mail.good.example', dst_ip: '192.0.2.7' })).toEqual(['above']);
    expect(found({ dst_ip: '198.51.100.8', dst_port: 53 })).toEqual([]);
    const open = new EventMatcher(new IndicatorMatcher(compileIndicators(known), compileLinearMatcher));
    const all = [{ dst_ip: '192.0.2.7' }, { domain: 'www.good.example' }, { dst_ip: '198.51.100.8', dst_port: 53 }];
    expect(all.flatMap((fields) => open.match(event(fields, 'generic'), UNTIL).map(({ indicator_id }) => indicator_id))).toEqual([
      'block',
      'above',
      'port',
    ]);
  });

  it('finds each of many patterns that have an object’s type in common', () => {
    const patternOf = (n: number): string =>
      `[network-traffic:dst_ref.type = 'ipv4-addr' AND process:name = 'common.exe' OR network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.${n}' AND network-traffic:dst_port = 443]`;
    const plain = (n: number): string =>
      `[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.${n}' AND network-traffic:dst_port > 442]`;
    const known = Array.from({ length: 200 }, (_, n) => [
      indicator(`p${n}`, [], { pattern: plain(n) }),
      indicator(`q${n}`, [], { pattern: patternOf(n) }),
    ]).flat();
    const untried = new UntriedPatterns();
    const many = new EventMatcher(new IndicatorMatcher(structuredClone(compileIndicators(known)), compileLinearMatcher, untried));
    const found = (n: number): string[] =>
      many.match(event({ dst_ip: `203.0.113.${n}`, dst_port: 443 }, 'generic'), UNTIL).map(({ indicator_id }) => indicator_id);
    for (let n = 0; n < 200; n++) expect(found(n)).toEqual([`p${n}`, `q${n}`]);
    expect(untried.take()).toBe(0);
  });

  it('looks a pattern up by what the fewest have, and by a type last of all', () => {
    const port = 'network-traffic:dst_port > 1';
    const known = [
      ...Array.from({ length: 100 }, (_, n) =>
        indicator(`process ${n}`, [], {
          pattern: `[process:name = 'very-long-name-of-a-program.exe' AND process:command_line = 'a ${n}']`,
        }),
      ),
      ...Array.from({ length: 100 }, (_, n) => indicator(`type ${n}`, [], { pattern: `[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_port = ${n}]` })), // prettier-ignore
      indicator('value', [], { pattern: `[network-traffic:dst_ref.value = '203.0.113.9' AND ${port}]` }),
    ];
    const untried = new UntriedPatterns();
    const many = new EventMatcher(new IndicatorMatcher(compileIndicators(known), compileLinearMatcher, untried));
    const found = (of: SecurityEvent): string[] => many.match(of, UNTIL).map(({ indicator_id }) => indicator_id);
    expect(found(sysmon({ EventID: 1, Image: 'C:\\very-long-name-of-a-program.exe', CommandLine: 'a 99' }))).toEqual(['process 99']);
    expect(untried.take()).toBe(0);
    expect(found(event({ dst_ip: '203.0.113.9', dst_port: 7 }, 'generic'))).toEqual(['type 7', 'value']);
    expect([untried.take(), untried.take()]).toEqual([1, 0]);
  });

  it('evaluates a bounded number of patterns on one event', () => {
    let evaluated = 0;
    const known = Array.from({ length: 200 }, (_, n) => indicator(`p${n}`, [], { pattern: `[domain-name:value = 'x.example' AND domain-name:value MATCHES '${n}']` })); // prettier-ignore
    const counting = new EventMatcher(
      new IndicatorMatcher(compileIndicators(known), () => ({
        size: 1,
        matches: () => {
          evaluated += 1;
          return false;
        },
      })),
    );
    expect(counting.match(event({ domain: 'x.example' }, 'generic'), UNTIL)).toEqual([]);
    expect(evaluated).toBeGreaterThanOrEqual(64);
    expect(evaluated).toBeLessThan(200);
  });
});
