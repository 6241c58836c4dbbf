import { OPTIONAL_SECRETS, REQUIRED_SECRETS } from '../../../src/platform/secrets/secret-names.js';
import { containersOf, ofKind, podsOf, type Container, type Manifest } from '../manifest.js';
import { onContainers, only, type Rule } from '../rule.js';

/** Secrets besides those that have versions: they hold passwords. */
const OTHER_SECRETS = [
  'DATABASE_URL',
  'DATABASE_MIGRATION_URL',
  'REDIS_URL',
  'REDIS_SENTINEL_PASSWORD',
  'CLICKHOUSE_PASSWORD',
  'OTEL_EXPORTER_OTLP_HEADERS',
];

/** Every variable that must not stand in plain text. */
export const SECRETS: ReadonlySet<string> = new Set([
  ...Object.values(REQUIRED_SECRETS),
  ...Object.values(OPTIONAL_SECRETS),
  ...OTHER_SECRETS,
]);

/** What the operator makes beside the manifests: the certificates of authorities, which differ everywhere. */
const MADE_BY_HAND = new Set(['gatra-authorities']);
const IMMUTABLE = /(@sha256:[0-9a-f]{64}|:\d+\.\d+\.\d+)$/;
const CLUSTER_WIDE = new Set(['Namespace']);

function configMapsOf({ envFrom = [] }: Container): readonly string[] {
  return envFrom.flatMap(({ configMapRef }) => (configMapRef === undefined ? [] : [configMapRef.name]));
}

/** A URL with a password, or a name or a form that only secrets have. */
function isSecret(name: string, value: string): boolean {
  return SECRETS.has(name.replace(/_(NEXT|PREVIOUS)$/, '')) || /:\/\/[^/\s]*:[^/\s]*@|-----BEGIN|gtr_(live|test|svc)_/.test(value);
}

/** Which program runs, and what it is told. */
export const CONTENTS: readonly Rule[] = [
  onContainers(
    'an image is named by its digest, or by a release whose tag does not move',
    ({ image = '' }) => IMMUTABLE.test(image),
    (container) => (container.image = 'registry.example/gatra:latest'),
  ),
  {
    name: 'all containers run the same image',
    faults: (manifests) => {
      const images = new Set(podsOf(manifests).flatMap(({ spec }) => containersOf(spec).map(({ image }) => image)));
      return images.size === 1 ? [] : [...images].map(String);
    },
    harm: (manifests) => (only(only(podsOf(manifests)).spec.containers).image = 'registry.example/gatra:0.0.9'),
  },
  {
    name: 'no secret has its value here',
    faults: (manifests) => ofKind(manifests, 'Secret').map(({ metadata }) => metadata.name),
    harm: (manifests) => (only(ofKind(manifests, 'ConfigMap')).kind = 'Secret'),
  },
  {
    name: 'no config map holds a secret',
    faults: (manifests) =>
      ofKind(manifests, 'ConfigMap').flatMap(({ metadata, data = {} }) =>
        Object.entries(data).flatMap(([name, value]) => (isSecret(name, value) ? [`${metadata.name}: ${name}`] : [])),
      ),
    harm: (manifests) => Object.assign(only(ofKind(manifests, 'ConfigMap')).data ?? {}, { CACHE: 'redis://:password@redis.example' }),
  },
  onContainers(
    'a secret comes into the environment by reference alone',
    ({ env = [] }) => env.every(({ name, value = '' }) => value === '' || !isSecret(name, value)),
    (container) => (container.env ??= []).push({ name: 'JWT_SECRET', value: 'in plain text' }),
  ),
  {
    name: 'the role that owns the tables is known to the migration alone',
    faults: (manifests) =>
      podsOf(manifests).flatMap(({ of, spec }) =>
        of !== 'Job gatra-migration' && containersOf(spec).some(({ env = [] }) => env.some(({ name }) => name === 'DATABASE_MIGRATION_URL'))
          ? [of]
          : [],
      ),
    harm: (manifests) => {
      for (const { spec } of podsOf(manifests)) {
        const valueFrom = { secretKeyRef: { name: 'gatra-migration-secrets', key: 'DATABASE_MIGRATION_URL' } };
        (only(spec.containers).env ??= []).push({ name: 'DATABASE_MIGRATION_URL', valueFrom });
      }
    },
  },
  {
    name: 'config maps that are named are there',
    faults: (manifests) => {
      const there = new Set(ofKind(manifests, 'ConfigMap').map(({ metadata }) => metadata.name));
      const named = podsOf(manifests).flatMap(({ spec }) => [
        ...containersOf(spec).flatMap(configMapsOf),
        ...(spec.volumes ?? []).flatMap(({ configMap }) => (configMap === undefined ? [] : [configMap.name])),
      ]);
      return named.filter((name) => !there.has(name) && !MADE_BY_HAND.has(name));
    },
    harm: (manifests) => (only(ofKind(manifests, 'ConfigMap')).metadata.name = 'other'),
  },
  {
    name: 'first credentials are made when somebody asks for them, never by the clock',
    faults: (manifests) => ofKind(manifests, 'CronJob').flatMap(({ metadata, spec }) => (spec?.suspend === true ? [] : [metadata.name])),
    harm: (manifests) => delete only(ofKind(manifests, 'CronJob')).spec?.suspend,
  },
  {
    name: 'everything is in the one namespace',
    faults: (manifests) => {
      const [namespace] = ofKind(manifests, 'Namespace');
      const isIn = ({ kind, metadata }: Manifest): boolean => CLUSTER_WIDE.has(kind) || metadata.namespace === namespace?.metadata.name;
      return manifests.filter((manifest) => !isIn(manifest)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    },
    harm: (manifests) => (only(ofKind(manifests, 'Service')).metadata.namespace = 'default'),
  },
];
