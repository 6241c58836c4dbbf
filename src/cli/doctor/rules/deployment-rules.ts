import { fail, pass, unknown, unless, type Rule, type Seen, type Verdict, whenSeen } from './check.js';
import type { DeploymentFacts } from './deployment-facts.js';
import { headerFaults } from './header-faults.js';
import { keyFaults } from './key-faults.js';
import { isPlainElsewhere } from './plain-elsewhere.js';

const DAY_MS = 86_400_000;
const LEAST_CERTIFICATE_DAYS = 14;
const MOST_SKEW_SECONDS = 30;
/** What is meant to be open to everybody. */
const OPEN = ['GET /.well-known/jwks.json', 'GET /health', 'GET /health/live', 'GET /health/ready'];
const REQUIRED_SECRETS = ['JWT_SECRET', 'SERVICE_API_KEY', 'API_KEY_PEPPER'];
/** When releases of Node stop getting security fixes (nodejs/Release). */
const NODE_ENDS: Readonly<Record<string, string>> = { 24: '2028-04-30', 26: '2029-04-30' };

/** What a running deployment shows of itself. */
export const DEPLOYMENT_RULES: readonly Rule<DeploymentFacts>[] = [
  { id: 'deployment.tls', title: 'It is spoken to over TLS 1.2 or later', answers: ['tls'], judge: judgeTls },
  rule('certificate', 'Its certificate is trusted and lasts', ['tls'], 'tls', (tls, { now }) => {
    if (tls === null) return unknown('there is none');
    const days = Math.floor((tls.validTo - now) / DAY_MS);
    return days >= LEAST_CERTIFICATE_DAYS ? pass(`${days} days`) : fail(`it ends in ${days} days`);
  }),
  rule('health', 'Health is answered, and is good', ['health'], 'health', (probes) =>
    unless(
      probes.filter(({ status }) => status !== 200).map(({ path, status, down }) => `${path}: ${[status, ...down].join(' ')}`),
      'live, ready, and nothing is down',
    ),
  ),
  rule('headers', 'Answers carry their security headers', ['scan'], 'headers', (headers, { baseUrl }) =>
    unless(headerFaults(headers, baseUrl.startsWith('https:')), 'all of them, and none that tells versions'),
  ),
  rule('cors', "A stranger's page is not let in", ['scan'], 'cors', (allowed) =>
    allowed === null ? pass('no origin is allowed that was not listed') : fail('an origin is allowed that nobody listed: see CORS_ORIGINS'),
  ),
  rule('unauthenticated', 'No operation answers without a credential', ['scan'], 'unauthenticated', (answers) =>
    unless(
      answers.filter(({ status }) => status !== 401).map(({ operation, status }) => `${operation} answered ${status}`),
      `${answers.length} operations answered 401`,
    ),
  ),
  rule('open', 'What is open is meant to be', ['scan'], 'open', (operations) =>
    unless(
      operations.filter((operation) => !OPEN.includes(operation)).map((operation) => `${operation} is public`),
      `${operations.length} operations and the API document, which holds no data`,
    ),
  ),
  rule('secrets', 'The required secrets are set', ['jwt-secret', 'service-key'], 'secrets', (secrets) =>
    unless(
      REQUIRED_SECRETS.filter((name) => !secrets.some((secret) => secret.name === name && secret.is_set)).map(
        (name) => `${name} is not set`,
      ),
      'each, and the start refuses what is short, looks like a default, or is used twice',
    ),
  ),
  rule('limits', 'Every tenant has limits', ['tenant-limits', 'rate-limiting'], 'limits', ({ backend, items }) => {
    const without = items.filter(({ policies }) => !policies.includes('ingest')).map(({ tenant_id }) => `${tenant_id} has none`);
    return unless(
      [...without, ...(backend === 'local' ? ['instances decide alone, as Redis is away'] : [])],
      `${items.length} tenants, decided in ${backend}`,
    );
  }),
  rule('isolation', "A tenant is refused what is another tenant's", ['isolation'], 'foreign', (answers) =>
    unless(
      answers.filter(({ status }) => status !== 403 && status !== 404).map(({ request, status }) => `${request} answered ${status}`),
      `${answers.length} requests; gatra probe isolation makes all there are`,
    ),
  ),
  rule('circuits', 'No circuit is open', ['circuits', 'circuit-events'], 'circuits', (circuits) =>
    unless(
      circuits.filter(({ state }) => state !== 'closed').map(({ service, state }) => `${service} is ${state}`),
      `${circuits.length} are closed`,
    ),
  ),
  rule('dead-letters', 'No work was given up', [], 'deadLetters', (kinds) =>
    unless(
      kinds.map((kind) => `a dead letter of ${kind} waits for somebody`),
      'there are no dead letters',
    ),
  ),
  rule('keys', 'API keys are in use, and do not end unnoticed', ['rotation', 'service-account'], 'keys', (keys, { now }) =>
    unless(keyFaults(keys, now), `${keys.length} keys`),
  ),
  rule('audit', "The platform's audit log holds", ['access-logs'], 'audit', ({ records, isWhole, fault }) => {
    if (fault !== undefined) return fail(fault);
    return isWhole ? pass(`${records} records`) : unknown(`its first ${records} records do; gatra audit verify reads all`);
  }),
  rule('refusals', 'Somebody reads what was refused', ['access-logs', 'limit-violations'], 'refusals', (count) =>
    count === 0
      ? pass('nothing was refused in seven days')
      : unknown(`${count} or more refusals in seven days: whether somebody did cannot be seen from here`),
  ),
  rule('node', 'Node gets security fixes', ['dependencies'], 'node', (version, { now }) => {
    const end = NODE_ENDS[/^v?(\d+)/.exec(version)?.[1] ?? ''];
    if (end === undefined) return unknown(`${version} is not known here`);
    return now < Date.parse(end) ? pass(`${version}, until ${end}`) : fail(`${version}: there are none since ${end}`);
  }),
  rule('clock', 'Its clock is right', [], 'skew', (seconds) =>
    Math.abs(seconds) <= MOST_SKEW_SECONDS ? pass(`${seconds} s from ours`) : fail(`it is ${seconds} s from ours`),
  ),
  rule('waf', 'Something before it refuses attacks', ['waf'], 'attackArrives', (arrives) =>
    arrives
      ? unknown('what looks like one reaches the platform, where it does nothing; nothing before it stopped it')
      : pass('it did not arrive'),
  ),
];

type Part = { [Name in keyof DeploymentFacts]: DeploymentFacts[Name] extends Seen<unknown> ? Name : never }[keyof DeploymentFacts];
type ValueOf<Name extends Part> = Extract<DeploymentFacts[Name], { value: unknown }>['value'];

function rule<Name extends Part>(
  name: string,
  title: string,
  answers: Rule<unknown>['answers'],
  part: Name,
  judge: (value: ValueOf<Name>, facts: DeploymentFacts) => Verdict,
): Rule<DeploymentFacts> {
  return {
    id: `deployment.${name}`,
    title,
    answers,
    judge: (facts) => whenSeen(facts[part] as Seen<ValueOf<Name>>, (value) => judge(value, facts)),
  };
}

function judgeTls({ tls, baseUrl }: DeploymentFacts): Verdict {
  return whenSeen(tls, (spoken) => {
    if (spoken?.speaksOld) return fail('a version before 1.2 is spoken too');
    if (spoken !== null) return pass(spoken.protocol);
    return isPlainElsewhere(baseUrl)
      ? fail('it is spoken to without')
      : unknown('it is asked on its own machine, before whatever ends TLS');
  });
}
