import { containersOf, ofKind, podsOf } from '../manifest.js';
import { onContainers, onPods, only, type Rule } from '../rule.js';

/** The user of the image. */
const USER = 65_532;

/** What is asked of pods beyond the profile. */
export const HARDENING: readonly Rule[] = [
  onContainers(
    'the root file system is read-only',
    ({ securityContext }) => securityContext?.readOnlyRootFilesystem === true,
    (container) => delete container.securityContext?.readOnlyRootFilesystem,
  ),
  onPods(
    "the user and the group are the image's, by number",
    ({ securityContext }) => securityContext?.runAsUser === USER,
    (pod) => delete pod.securityContext?.runAsUser,
  ),
  onPods(
    "no pod holds a token of the cluster's interface",
    ({ automountServiceAccountToken }) => automountServiceAccountToken === false,
    (pod) => delete pod.automountServiceAccountToken,
  ),
  {
    name: 'service accounts hand out no token, and each workload has its own',
    faults: (manifests) => {
      const accounts = ofKind(manifests, 'ServiceAccount');
      const talkative = accounts.filter(({ automountServiceAccountToken }) => automountServiceAccountToken !== false);
      const taken = podsOf(manifests).map(({ spec }) => spec.serviceAccountName ?? 'default');
      const isOwn = (name: string): boolean =>
        accounts.some(({ metadata }) => metadata.name === name) && taken.indexOf(name) === taken.lastIndexOf(name);
      return [...talkative.map(({ metadata }) => metadata.name), ...taken.filter((name) => !isOwn(name))];
    },
    harm: (manifests) => (only(podsOf(manifests)).spec.serviceAccountName = 'default'),
  },
  onPods(
    'services are found by name, not by variables that clash with ours',
    ({ enableServiceLinks }) => enableServiceLinks === false,
    (pod) => delete pod.enableServiceLinks,
  ),
  onContainers(
    'requests and limits of processor time and memory are set',
    ({ resources: { requests = {}, limits = {} } = {} }) => [requests, limits].every(({ cpu, memory }) => Boolean(cpu) && Boolean(memory)),
    (container) => delete container.resources?.limits?.['memory'],
  ),
  onPods(
    'what can be written to has a size',
    ({ volumes = [] }) => volumes.every(({ emptyDir }) => emptyDir === undefined || emptyDir.sizeLimit !== undefined),
    ({ volumes = [] }) => volumes.forEach(({ emptyDir }) => delete emptyDir?.sizeLimit),
  ),
  onPods(
    'configuration is mounted read-only',
    (pod) => {
      const configured = new Set((pod.volumes ?? []).filter(({ configMap }) => configMap !== undefined).map(({ name }) => name));
      return containersOf(pod).every(({ volumeMounts = [] }) =>
        volumeMounts.every(({ name, readOnly }) => !configured.has(name) || readOnly === true),
      );
    },
    (pod) => containersOf(pod).forEach(({ volumeMounts = [] }) => volumeMounts.forEach((mount) => delete mount.readOnly)),
  ),
];
