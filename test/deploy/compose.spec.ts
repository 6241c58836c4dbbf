import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { COMPOSE_RULES } from '../support/compose-rules.js';
import { laidOver, readCompose, type Compose, type ComposeService } from '../support/compose.js';

const PRODUCTION = readCompose('docker-compose.production.yml');
const EMULATORS = readCompose('docker-compose.emulators.yml');
const TRIED = laidOver(PRODUCTION, EMULATORS);

const schema = JSON.parse(readFileSync('node_modules/dclint/schemas/compose.schema.json', 'utf8')) as Record<string, unknown>;
const isCompose = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile({
  ...schema,
  $schema: 'http://json-schema.org/draft-07/schema#',
});

/** The composition with a service changed. */
function changed(name: string, change: Partial<ComposeService>): Compose {
  const service = PRODUCTION.services[name] ?? {};
  return { ...PRODUCTION, services: { ...PRODUCTION.services, [name]: { ...service, ...change } } };
}

/** For each rule a composition that breaks it. */
const BROKEN: Readonly<Record<string, readonly Compose[]>> = {
  'no root is written to': [changed('taa', { read_only: false })],
  'every capability is dropped': [changed('redis', { cap_drop: ['NET_RAW'] })],
  'none is added': [changed('cra', { cap_add: ['NET_ADMIN'] })],
  'no new privilege is had': [changed('mssp', { security_opt: [] })],
  'nothing of the machine is shared': [
    changed('mssp', { privileged: true }),
    changed('taa', { network_mode: 'host' }),
    changed('cra', { pid: 'host' }),
  ],
  'the user is a number, and not root': [changed('postgres', { user: 'postgres' }), changed('redis', { user: '0:0' })],
  'images are pinned by digest': [
    changed('redis', { image: 'redis:8-alpine' }),
    changed('redis', { image: `redis@sha256:${'0'.repeat(64)}` }),
  ],
  'what runs on is asked for its health, and ours whether it is ready': [
    changed('redis', { healthcheck: { disable: true } }),
    changed('taa', { healthcheck: { test: ['CMD', '/nodejs/bin/node', '/app/healthcheck.mjs'] } }),
  ],
  'no shell is needed': [
    changed('redis', { command: ['sh', '-c', 'redis-server'] }),
    changed('postgres', { healthcheck: { test: ['CMD-SHELL', 'pg_isready'] } }),
  ],
  'processors, memory and processes are bounded': [changed('learning', { deploy: { resources: { limits: { cpus: '1', memory: '1G' } } } })],
  'logs are bounded': [changed('mssp', { logging: {} })],
  'the balancer alone is published': [changed('redis', { ports: ['6379:6379'] })],
  'stores are on a network that leads nowhere, and on no other': [
    changed('postgres', { networks: ['stores', 'edge'] }),
    { ...PRODUCTION, networks: { ...PRODUCTION.networks, stores: null } },
  ],
  'the balancer does not reach the stores': [changed('balancer', { networks: ['edge', 'stores'] })],
  'secrets are files': [changed('mssp', { environment: { JWT_SECRET: '0' } }), { ...PRODUCTION, secrets: { tls: { file: './tls.pem' } } }],
  'what is mounted from the machine cannot be written, but by the operator': [
    changed('mssp', { volumes: [{ type: 'bind', source: './secrets/app', target: '/run/secrets/app' }] }),
  ],
  'passing files are bounded, and neither run nor raise': [
    changed('taa', { tmpfs: ['/tmp'] }),
    changed('taa', { tmpfs: ['/tmp:size=64m,nosuid,nodev'] }),
  ],
  'a stop is given the time to drain': [changed('mssp', { stop_grace_period: '10s' })],
  'what is named is there': [
    changed('mssp', { networks: ['edge', 'elsewhere'] }),
    changed('taa', { depends_on: { nobody: { condition: 'service_started' } } }),
  ],
};

describe('the composition', () => {
  it.each([
    ['for production', PRODUCTION],
    ['with emulators', TRIED],
  ])('R60 OPS-05 %s keeps every rule', (_, compose) => {
    expect(COMPOSE_RULES.flatMap(({ name, faults }) => faults(compose).map((fault) => `${name}: ${fault}`))).toEqual([]);
  });

  it.each([
    ['docker-compose.production.yml', PRODUCTION],
    ['docker-compose.emulators.yml', EMULATORS],
  ])('OPS-05 %s is of the specification, and a slip of the pen is not', (_, compose) => {
    isCompose(compose);
    expect(isCompose.errors ?? []).toEqual([]);
    expect(isCompose(withSlip(compose))).toBe(false);
  });

  it('OPS-05 every rule has an example that breaks it', () => {
    expect(Object.keys(BROKEN).sort()).toEqual(COMPOSE_RULES.map(({ name }) => name).sort());
  });

  it.each(COMPOSE_RULES)('OPS-05 is refused where it breaks the rule: $name', ({ name, faults }) => {
    expect(faults(PRODUCTION)).toEqual([]);
    for (const broken of BROKEN[name] ?? []) expect(faults(broken)).not.toEqual([]);
  });

  it('R60 has a service for each agent, which finds the others', () => {
    const roles = Object.values(PRODUCTION.services).flatMap(({ environment, restart }) =>
      restart === 'no' ? [] : (environment?.['GATRA_ROLES'] ?? []),
    );
    expect(roles.sort()).toEqual(['cla', 'cra', 'mssp,ada', 'taa']);
    const { TAA_URL, CRA_URL, CLA_URL } = PRODUCTION.services['mssp']?.environment ?? {};
    const asked = [TAA_URL, CRA_URL, CLA_URL].map((url) => PRODUCTION.services[new URL(url ?? '').hostname]?.environment?.['GATRA_ROLES']);
    expect(asked).toEqual(['taa', 'cra', 'cla']);
  });
});

/** The same with one member of one service misspelt. */
function withSlip(compose: Compose): object {
  const [[name, service] = ['', {}]] = Object.entries(compose.services);
  return { ...compose, services: { ...compose.services, [name]: { ...service, read_olny: true } } };
}
