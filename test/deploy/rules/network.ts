import { ofKind, podsOf, selects, serverPods, type Manifest, type PolicyRule } from '../manifest.js';
import { only, type Rule } from '../rule.js';

const DIRECTIONS = ['Ingress', 'Egress'];
const INTERNAL = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];

function policies(manifests: readonly Manifest[]): readonly Manifest[] {
  return ofKind(manifests, 'NetworkPolicy');
}

function rulesOf({ spec }: Manifest): readonly PolicyRule[] {
  return [...(spec?.ingress ?? []), ...(spec?.egress ?? [])];
}

function isDenial({ spec }: Manifest): boolean {
  return Object.keys(spec?.podSelector ?? { none: true }).length === 0 && DIRECTIONS.every((name) => spec?.policyTypes?.includes(name));
}

/** Objects of a kind that a check finds fault with, by their names. */
function named(manifests: readonly Manifest[], isKept: (manifest: Manifest) => boolean): readonly string[] {
  return manifests.flatMap((manifest) => (isKept(manifest) ? [] : [`${manifest.kind} ${manifest.metadata.name}`]));
}

/** Who may speak to whom. */
export const NETWORK: readonly Rule[] = [
  {
    name: 'what no policy allows is denied, in and out',
    faults: (manifests) =>
      policies(manifests).some((policy) => isDenial(policy) && rulesOf(policy).length === 0) ? [] : ['there is no denial of all'],
    harm: (manifests) => {
      for (const { spec } of policies(manifests).filter(isDenial)) if (spec) spec.podSelector = { matchLabels: { app: 'other' } };
    },
  },
  {
    name: 'every rule names ports and who is on the other side',
    faults: (manifests) =>
      named(policies(manifests), (policy) =>
        rulesOf(policy).every(
          ({ ports = [], from = [], to = [] }) =>
            from.length + to.length > 0 && ports.length > 0 && ports.every(({ protocol, port }) => Boolean(protocol) && Boolean(port)),
        ),
      ),
    harm: (manifests) => delete policies(manifests).flatMap(rulesOf)[0]?.ports,
  },
  {
    name: 'a policy names the directions that it has rules for',
    faults: (manifests) =>
      named(
        policies(manifests),
        ({ spec }) =>
          (spec?.ingress === undefined || Boolean(spec.policyTypes?.includes('Ingress'))) &&
          (spec?.egress === undefined || Boolean(spec.policyTypes?.includes('Egress'))),
      ),
    harm: (manifests) => {
      for (const { spec } of policies(manifests)) if (spec) spec.policyTypes = [];
    },
  },
  {
    name: 'whoever may speak to any address reaches no internal one',
    faults: (manifests) =>
      named(policies(manifests), (policy) =>
        rulesOf(policy)
          .flatMap(({ to = [], from = [] }) => [...to, ...from])
          .every(({ ipBlock }) => ipBlock?.cidr !== '0.0.0.0/0' || INTERNAL.every((block) => ipBlock.except?.includes(block))),
      ),
    harm: (manifests) => {
      for (const { to = [] } of policies(manifests).flatMap(rulesOf)) for (const { ipBlock } of to) delete ipBlock?.except;
    },
  },
  {
    name: 'what a policy is about is there, and so are the ports that it names',
    faults: (manifests) =>
      named(policies(manifests), ({ spec }) => {
        const meant = podsOf(manifests).filter(({ labels }) => selects(spec?.podSelector ?? {}, labels));
        const names = new Set(meant.flatMap((pod) => pod.spec.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name))));
        const asked = (spec?.ingress ?? []).flatMap(({ ports = [] }) => ports.map(({ port }) => port));
        return meant.length > 0 && asked.every((port) => typeof port === 'string' && names.has(port));
      }),
    harm: (manifests) => {
      for (const pod of serverPods(manifests)) for (const container of pod.spec.containers) delete container.ports;
    },
  },
  {
    name: 'orchestration alone may speak to an agent, besides the ingress controller and the collector of metrics',
    faults: (manifests) =>
      named(policies(manifests), ({ spec }) =>
        (spec?.ingress ?? [])
          .flatMap(({ from = [] }) => from)
          .every(
            ({ namespaceSelector, podSelector }) =>
              namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] !== undefined ||
              podSelector?.matchLabels?.['app.kubernetes.io/component'] === 'mssp',
          ),
      ),
    harm: (manifests) => {
      for (const { from = [] } of policies(manifests).flatMap(rulesOf)) for (const peer of from) peer.podSelector = {};
      for (const { from = [] } of policies(manifests).flatMap(rulesOf)) for (const peer of from) delete peer.namespaceSelector;
    },
  },
  {
    name: 'services are reached from inside, and find pods that listen',
    faults: (manifests) =>
      named(ofKind(manifests, 'Service'), ({ spec }) => {
        const meant = serverPods(manifests).filter(({ labels }) => selects({ matchLabels: spec?.selector as never }, labels));
        const names = meant.flatMap((pod) => pod.spec.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name)));
        const isInside = (spec?.type ?? 'ClusterIP') === 'ClusterIP';
        return isInside && meant.length === 1 && (spec?.ports ?? []).every(({ targetPort }) => names.includes(String(targetPort)));
      }),
    harm: (manifests) => Object.assign(only(ofKind(manifests, 'Service')).spec ?? {}, { type: 'NodePort' }),
  },
  {
    name: 'metrics are on no service, and so behind no ingress',
    faults: (manifests) => named(ofKind(manifests, 'Service'), ({ spec }) => (spec?.ports ?? []).every(({ name }) => name === 'http')),
    harm: (manifests) => only(ofKind(manifests, 'Service')).spec?.ports?.push({ name: 'metrics', port: 9464, targetPort: 'metrics' }),
  },
  {
    name: 'every host of an ingress has TLS, and nothing is served without',
    faults: (manifests) =>
      named(ofKind(manifests, 'Ingress'), ({ spec, metadata }) => {
        const secured = new Set((spec?.tls ?? []).filter(({ secretName }) => secretName).flatMap(({ hosts = [] }) => hosts));
        const isTlsOnly = metadata.annotations?.['traefik.ingress.kubernetes.io/router.entrypoints'] === 'websecure';
        return isTlsOnly && (spec?.rules ?? []).every(({ host = '' }) => secured.has(host));
      }),
    harm: (manifests) => delete only(ofKind(manifests, 'Ingress')).spec?.tls,
  },
  {
    name: 'an ingress leads to services that are there',
    faults: (manifests) =>
      named(ofKind(manifests, 'Ingress'), ({ spec }) =>
        (spec?.rules ?? [])
          .flatMap(({ http }) => http.paths)
          .every(({ backend: { service } }) =>
            ofKind(manifests, 'Service').some(
              (found) => found.metadata.name === service.name && found.spec?.ports?.some(({ name }) => name === service.port.name),
            ),
          ),
      ),
    harm: (manifests) => {
      for (const { metadata } of ofKind(manifests, 'Service')) metadata.name = `${metadata.name}-other`;
    },
  },
];
