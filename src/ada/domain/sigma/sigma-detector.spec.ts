import type { SecurityEvent } from '../../../contracts/security-event.js';
import { toTenantId, type TenantId } from '../../../contracts/tenant.js';
import { RuleFilters } from './filters/rule-filters.js';
import { LogsourceTaxonomy } from './logsource-taxonomy.js';
import { parseRule } from './parse-rule.js';
import { SigmaDetector } from './sigma-detector.js';

const TENANT = toTenantId('acme-corp');

const rule = parseRule(
  {
    title: 'Credential dump by a tool',
    id: '5c1f6f0e-6a53-4f2e-8f7e-000000000001',
    author: 'Someone Careful',
    license: 'DRL-1.1',
    tags: ['attack.credential_access', 'attack.t1003.001', 'attack.T1059', 'attack.s0002', 'cve.2024-1'],
    logsource: { product: 'acme' },
    detection: { s: { 'CommandLine|contains': 'dump' }, f: { User: 'backup' }, condition: 's and not f' },
    level: 'critical',
  },
  {
    compilePattern: () => {
      throw new Error('not used');
    },
    placeholders: new Map(),
    logsources: new LogsourceTaxonomy([]),
  },
);

function toEvent(index: number, fields: Readonly<Record<string, unknown>>, host?: string): SecurityEvent {
  return {
    index,
    format: 'generic',
    origin: { key: 'acme', product: 'acme' },
    time: 0,
    timeAssumed: false,
    field: (name) => fields[name],
    values: () => [],
    normalized: { time: '2026-01-02T03:04:05.678Z', format: 'generic', ...(host === undefined ? {} : { host }) },
    entities: [{ type: 'host', value: 'ws5' }],
  };
}

function inspect(...events: readonly SecurityEvent[]): ReturnType<SigmaDetector['inspect']> {
  const detector = new SigmaDetector([rule]);
  detector.init();
  return detector.inspect(TENANT, events);
}

describe('SigmaDetector', () => {
  it('tells what matched, with the rule, its author and license, techniques and tactics', () => {
    const events = [toEvent(3, { CommandLine: 'list' }), toEvent(4, { CommandLine: 'x Dump lsass' }, 'WORKSTATION5')];
    expect(inspect(...events)).toEqual([
      {
        detector: 'sigma',
        rule: { id: rule.id, title: rule.title, author: 'Someone Careful', level: 'critical', license: 'DRL-1.1' },
        severity: 'critical',
        event_index: 4,
        event_time: '2026-01-02T03:04:05.678Z',
        entities: [{ type: 'host', value: 'ws5' }],
        techniques: ['T1003.001', 'T1059'],
        tactics: ['credential-access'],
        reason: 'Credential dump by a tool matched on WORKSTATION5: CommandLine "x Dump lsass"',
      },
    ]);
  });

  it('keeps the reason short and free of what steers a terminal or reorders text', () => {
    const [detection] = inspect(toEvent(0, { CommandLine: `\u001b[31mdump\u202e\n\u0000${'😀'.repeat(300)}` }));
    expect(detection?.reason.length).toBeLessThanOrEqual(300);
    expect(detection?.reason).toMatch(/^Credential dump by a tool matched: CommandLine "\[31mdump 😀+…"$/u);
    expect(detection?.reason.isWellFormed()).toBe(true);
  });

  it('keeps nothing of a tenant', () => {
    const detector = new SigmaDetector([rule]);
    expect(detector.snapshot()).toBeNull();
    expect(() => detector.inspect(TENANT, [])).toThrow(/not initialised/);
  });

  it('rehearses what it would tell, and what filters leave out', () => {
    const filters = new RuleFilters(
      [],
      new Map([[TENANT, [{ rule: { detection: rule.detection }, targets: new Set([rule.id]) } as never]]]),
    );
    const events = [toEvent(3, { CommandLine: 'list' }), toEvent(4, { CommandLine: 'dump' })];
    const rehearse = (tenant: TenantId) => {
      const detector = new SigmaDetector([rule], { filters });
      detector.init();
      return detector.rehearse(tenant, events);
    };
    expect(rehearse(TENANT)).toEqual([{ ruleId: rule.id, event: 4, isLeftOut: true }]);
    expect(rehearse(toTenantId('globex'))).toEqual([{ ruleId: rule.id, event: 4, isLeftOut: false }]);
  });
});
