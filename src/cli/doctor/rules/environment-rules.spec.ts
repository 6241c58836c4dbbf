import { judgeAll } from './check.js';
import { ENVIRONMENT_RULES, type EnvironmentFacts } from './environment-rules.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const GOOD: EnvironmentFacts = {
  faults: [],
  unread: [],
  node: [],
  files: { value: [] },
  redis: { value: { hasPassword: true, isSafe: true } },
  role: { value: null },
  audit: { value: [{ log: 'acme-corp', records: 12 }] },
  backup: { value: NOW - 3_600_000 },
  now: NOW,
};

const outcomes = (facts: Partial<EnvironmentFacts>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    judgeAll(ENVIRONMENT_RULES, { ...GOOD, ...facts }).flatMap(({ id, outcome }) => (outcome === 'pass' ? [] : [[id, outcome]])),
  );

describe('what is weak in an environment', () => {
  it('R65 finds nothing where it is good, or where there is neither Redis nor PostgreSQL', () => {
    expect(outcomes({})).toEqual({});
    expect(outcomes({ redis: { value: null }, role: { value: undefined } })).toEqual({});
  });

  it.each([
    ['environment.unread', { unread: ['GATRA_ROLE'] }],
    ['environment.node', { node: ['NODE_ENV is not production'] }],
    ['environment.files', { files: { value: ['others may look into GATRA_DATA_DIR'] } }],
    ['environment.redis', { redis: { value: { hasPassword: false, isSafe: true } } }],
    ['environment.redis', { redis: { value: { hasPassword: true, isSafe: false } } }],
    ['environment.database-role', { role: { value: 'the role gatra of DATABASE_URL is a superuser' } }],
    ['environment.audit', { audit: { value: [{ log: 'acme-corp', records: 3, fault: 'record 4 is missing' }] } }],
    ['environment.backup', { backup: { value: null } }],
    ['environment.backup', { backup: { value: NOW - 40 * 3_600_000 } }],
  ] as const)('R65 %s fails', (id, facts) => {
    expect(outcomes(facts)).toEqual({ [id]: 'fail' });
  });

  it('R65 tells the two secrets from other faults', () => {
    const own = 'JWT_SECRET is shorter than 32 bytes';
    expect(outcomes({ faults: [own] })).toEqual({
      'environment.jwt-secret': 'fail',
      'environment.service-key': 'unknown',
      'environment.usable': 'fail',
    });
    expect(outcomes({ faults: ['SERVICE_API_KEY has the same value as JWT_SECRET'] })).toMatchObject({ 'environment.service-key': 'fail' });
  });
});
