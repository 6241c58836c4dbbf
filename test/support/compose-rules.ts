import { networksOf, type Compose, type ComposeService } from './compose.js';

/** A rule that a composition keeps, or what is against it. */
export interface ComposeRule {
  readonly name: string;
  faults(compose: Compose): readonly string[];
}

const OWN_IMAGE = /^\$\{GATRA_IMAGE:-gatra:/;
const PINNED = /:[\w.-]+@sha256:[0-9a-f]{64}$/;
const SECRET = /SECRET|PASSW|TOKEN|PEPPER|CREDENTIAL|ENCRYPTION_KEY|API_KEY|DATABASE_URL|REDIS_URL|MIGRATION_URL/;
/** What holds the way to a secret, instead of the secret. */
const ITS_FILE = /_FILE$/;
const SHELL = /^(\/bin\/|\/usr\/bin\/)?(ba|da)?sh$/;
const STORES = 'stores';
const DOORS = 'balancer';
const GRACE_SECONDS = 30;

/** Services of which something is so. */
const whose = (compose: Compose, isSo: (service: ComposeService, name: string) => boolean): readonly string[] =>
  Object.entries(compose.services).flatMap(([name, service]) => (isSo(service, name) ? [name] : []));
/** What runs once and ends, or is called by hand. */
const ends = ({ restart }: ComposeService): boolean => restart === 'no';
const isOurs = ({ image = '' }: ComposeService): boolean => OWN_IMAGE.test(image);

/** What is asked of a composition. */
export const COMPOSE_RULES: readonly ComposeRule[] = [
  { name: 'no root is written to', faults: (compose) => whose(compose, ({ read_only }) => read_only !== true) },
  { name: 'every capability is dropped', faults: (compose) => whose(compose, ({ cap_drop }) => String(cap_drop) !== 'ALL') },
  { name: 'none is added', faults: (compose) => whose(compose, ({ cap_add = [] }) => cap_add.length > 0) },
  {
    name: 'no new privilege is had',
    faults: (compose) => whose(compose, ({ security_opt = [] }) => String(security_opt) !== 'no-new-privileges:true'),
  },
  {
    name: 'nothing of the machine is shared',
    faults: (compose) =>
      whose(compose, ({ privileged, network_mode, pid, ipc }) => privileged === true || [network_mode, pid, ipc].includes('host')),
  },
  {
    name: 'the user is a number, and not root',
    faults: (compose) => whose(compose, ({ user = '' }) => !/^[1-9]\d*:[1-9]\d*$/.test(user)),
  },
  {
    name: 'images are pinned by digest',
    faults: (compose) => whose(compose, (service) => !isOurs(service) && !PINNED.test(service.image ?? '')),
  },
  {
    name: 'what runs on is asked for its health, and ours whether it is ready',
    faults: (compose) =>
      whose(compose, (service) => {
        const { test = [], disable } = service.healthcheck ?? {};
        if (ends(service)) return false;
        return disable === true || test[0] !== 'CMD' || test.length < 2 || (isOurs(service) && test.at(-1) !== '/health/ready');
      }),
  },
  {
    name: 'no shell is needed',
    faults: (compose) =>
      whose(compose, ({ entrypoint = [], command = [], healthcheck }) =>
        [...entrypoint, ...command, ...(healthcheck?.test ?? [])].some((word) => SHELL.test(word) || word === 'CMD-SHELL'),
      ),
  },
  {
    name: 'processors, memory and processes are bounded',
    faults: (compose) =>
      whose(compose, ({ deploy }) => ['cpus', 'memory', 'pids'].some((what) => deploy?.resources?.limits?.[what] === undefined)),
  },
  {
    name: 'logs are bounded',
    faults: (compose) => whose(compose, ({ logging }) => !logging?.options?.['max-size'] || !logging.options['max-file']),
  },
  {
    name: 'the balancer alone is published',
    faults: (compose) => whose(compose, ({ ports = [] }, name) => ports.length > 0 && name !== DOORS),
  },
  {
    name: 'stores are on a network that leads nowhere, and on no other',
    faults: (compose) => [
      ...(compose.networks?.[STORES]?.internal === true ? [] : [`the network ${STORES}`]),
      ...whose(compose, (service, name) => !isOurs(service) && name !== DOORS && String(networksOf(service)) !== STORES),
    ],
  },
  {
    name: 'the balancer does not reach the stores',
    faults: (compose) => whose(compose, (service, name) => name === DOORS && networksOf(service).includes(STORES)),
  },
  {
    name: 'secrets are files',
    faults: (compose) => [
      ...whose(compose, ({ environment = {} }) =>
        Object.keys(environment).some((variable) => SECRET.test(variable) && !ITS_FILE.test(variable)),
      ),
      ...Object.entries(compose.secrets ?? {}).flatMap(([name, { file }]) => (file?.startsWith('./secrets/') ? [] : [name])),
    ],
  },
  {
    name: 'what is mounted from the machine cannot be written, but by the operator',
    faults: (compose) =>
      whose(
        compose,
        ({ volumes = [], profiles }) =>
          !profiles?.includes('tools') && volumes.some(({ type, read_only }) => type !== 'volume' && read_only !== true),
      ),
  },
  {
    name: 'passing files are bounded, and neither run nor raise',
    faults: (compose) =>
      whose(compose, ({ tmpfs = [] }, name) =>
        tmpfs.some(
          (text) =>
            !/[:,]size=\d+m/.test(text) ||
            !/[:,]nosuid/.test(text) ||
            !/[:,]nodev/.test(text) ||
            (name !== 'pubsub' && !/[:,]noexec/.test(text)),
        ),
      ),
  },
  {
    name: 'a stop is given the time to drain',
    faults: (compose) =>
      whose(compose, (service) => isOurs(service) && !(Number.parseInt(service.stop_grace_period ?? '', 10) > GRACE_SECONDS)),
  },
  {
    name: 'what is named is there',
    faults: (compose) =>
      whose(compose, (service) => {
        const isMissing = (of: object | undefined, name: string): boolean => !Object.hasOwn(of ?? {}, name);
        return (
          networksOf(service).some((name) => isMissing(compose.networks, name)) ||
          Object.keys(service.depends_on ?? {}).some((name) => isMissing(compose.services, name)) ||
          (service.secrets ?? []).some(({ source }) => isMissing(compose.secrets, source)) ||
          (service.volumes ?? []).some(({ type, source }) => type === 'volume' && isMissing(compose.volumes, source))
        );
      }),
  },
];
