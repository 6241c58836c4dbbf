import { ofKind, selects, serverPods, settingsOf, type LabelSelector, type Manifest, type Pod } from '../manifest.js';
import { only, type Rule } from '../rule.js';

const LEAST = 3;
/** The longest recovery that a start is given, in seconds. */
const RECOVERY_SECONDS = 600;
/** Processor time and memory, in percent of what is requested, above which a service gets more processes (hardening guide, 9.3). */
const THRESHOLDS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  mssp: { cpu: 70, memory: 80 },
  taa: { cpu: 80, memory: 70 },
  cra: { cpu: 60, memory: 60 },
};

/** A rule on each service's pods. */
function onServers(name: string, isKept: (pod: Pod, manifests: readonly Manifest[]) => boolean, harm: (pod: Pod) => void): Rule {
  return {
    name,
    faults: (manifests) => serverPods(manifests).flatMap((pod) => (isKept(pod, manifests) ? [] : [pod.of])),
    harm: (manifests) => harm(only(serverPods(manifests))),
  };
}

const main = ({ spec }: Pod): Pod['spec']['containers'][number] => only(spec.containers);

/** Tells whether a selector means the pod, and no other service's. */
function isOwn(selector: LabelSelector | undefined, pod: Pod, manifests: readonly Manifest[]): boolean {
  return (
    selector !== undefined &&
    serverPods(manifests)
      .filter(({ labels }) => selects(selector, labels))
      .every(({ of }) => of === pod.of) &&
    selects(selector, pod.labels)
  );
}

function autoscalerOf({ owner }: Pod, manifests: readonly Manifest[]): Manifest['spec'] {
  const scalers = ofKind(manifests, 'HorizontalPodAutoscaler').filter(({ spec }) => spec?.scaleTargetRef?.name === owner.metadata.name);
  return scalers.length === 1 ? scalers[0]?.spec : undefined;
}

function thresholdsOf(pod: Pod, manifests: readonly Manifest[]): Readonly<Record<string, number>> {
  const metrics = autoscalerOf(pod, manifests)?.metrics ?? [];
  return Object.fromEntries(metrics.map(({ resource }) => [resource.name, resource.target.averageUtilization]));
}

/** That a service is there while processes, nodes and releases come and go. */
export const AVAILABILITY: readonly Rule[] = [
  {
    name: 'there are mssp, taa, cra and cla',
    faults: (manifests) =>
      ['mssp', 'taa', 'cra', 'cla'].filter((service) => !serverPods(manifests).some(({ of }) => of === `Deployment gatra-${service}`)),
    harm: (manifests) => (only(ofKind(manifests, 'Deployment')).metadata.name = 'gatra-other'),
  },
  onServers(
    'a service has three processes at least',
    ({ owner }) => (owner.spec?.replicas ?? 1) >= LEAST,
    ({ owner }) => delete owner.spec?.replicas,
  ),
  onServers(
    'a process that starts is waited for as long as the longest recovery takes',
    (pod) => {
      const { httpGet, periodSeconds = 10, failureThreshold = 3 } = main(pod).startupProbe ?? {};
      return httpGet?.path === '/health/live' && periodSeconds * failureThreshold >= RECOVERY_SECONDS;
    },
    (pod) => delete main(pod).startupProbe?.failureThreshold,
  ),
  onServers(
    'liveness is asked as the hardening guide says, of the process alone',
    (pod) => {
      const { httpGet, initialDelaySeconds, periodSeconds } = main(pod).livenessProbe ?? {};
      return httpGet?.path === '/health/live' && initialDelaySeconds === 30 && periodSeconds === 15;
    },
    (pod) => Object.assign(main(pod).livenessProbe?.httpGet ?? {}, { path: '/health' }),
  ),
  onServers(
    'readiness is asked as the hardening guide says',
    (pod) => {
      const { httpGet, initialDelaySeconds, periodSeconds } = main(pod).readinessProbe ?? {};
      return httpGet?.path === '/health/ready' && initialDelaySeconds === 10 && periodSeconds === 5;
    },
    (pod) => Object.assign(main(pod).readinessProbe?.httpGet ?? {}, { path: '/health' }),
  ),
  onServers(
    'a probe is given more than the second that an answer may take',
    (pod) => [main(pod).startupProbe, main(pod).livenessProbe, main(pod).readinessProbe].every((probe) => (probe?.timeoutSeconds ?? 1) > 1),
    (pod) => delete main(pod).readinessProbe?.timeoutSeconds,
  ),
  onServers(
    'endpoints forget a pod before it is told to stop, without a shell',
    (pod) => (main(pod).lifecycle?.preStop?.sleep?.seconds ?? 0) >= 5,
    (pod) => (main(pod).lifecycle = { preStop: { exec: { command: ['sh', '-c', 'sleep 5'] } } }),
  ),
  onServers(
    'the grace period has room for the sleep and the drain',
    (pod, manifests) => {
      const drain = Number(settingsOf(manifests, main(pod))['SHUTDOWN_GRACE_SECONDS'] ?? Number.NaN);
      const sleep = main(pod).lifecycle?.preStop?.sleep?.seconds ?? 0;
      return (pod.spec.terminationGracePeriodSeconds ?? 30) >= sleep + drain;
    },
    ({ spec }) => (spec.terminationGracePeriodSeconds = 30),
  ),
  onServers(
    'a drain goes on serving for longer than readiness takes to be asked again',
    (pod, manifests) => {
      const { periodSeconds = 10, timeoutSeconds = 1 } = main(pod).readinessProbe ?? {};
      return Number(settingsOf(manifests, main(pod))['SHUTDOWN_DELAY_SECONDS'] ?? Number.NaN) > periodSeconds + timeoutSeconds;
    },
    (pod) => (main(pod).env ??= []).push({ name: 'SHUTDOWN_DELAY_SECONDS', value: '5' }),
  ),
  onServers(
    'a release replaces a process only once its successor is ready',
    ({ owner }) => {
      const { maxSurge = 0, maxUnavailable = 1 } = owner.spec?.strategy?.rollingUpdate ?? {};
      return maxUnavailable === 0 && maxSurge > 0;
    },
    ({ owner }) => delete owner.spec?.strategy,
  ),
  onServers(
    'a disruption budget lets one process go at a time, and lets it go',
    (pod, manifests) => {
      const budgets = ofKind(manifests, 'PodDisruptionBudget').filter(({ spec }) => isOwn(spec?.selector, pod, manifests));
      return budgets.length === 1 && budgets[0]?.spec?.maxUnavailable === 1;
    },
    ({ owner, labels }) => {
      owner.spec ??= {};
      owner.spec.template = { ...owner.spec.template, metadata: { labels: { ...labels, 'app.kubernetes.io/name': 'other' } } } as never;
    },
  ),
  onServers(
    'an autoscaler keeps three processes at least, and may have more',
    (pod, manifests) => {
      const { minReplicas = 1, maxReplicas = 0 } = autoscalerOf(pod, manifests) ?? {};
      return minReplicas >= LEAST && maxReplicas > minReplicas;
    },
    ({ owner }) => (owner.metadata.name = 'gatra-other'),
  ),
  onServers(
    'what an autoscaler measures is requested',
    (pod, manifests) => {
      const requests = main(pod).resources?.requests ?? {};
      const measured = Object.keys(thresholdsOf(pod, manifests));
      return measured.length === 2 && measured.every((resource) => requests[resource] !== undefined);
    },
    (pod) => delete main(pod).resources?.requests,
  ),
  {
    name: "autoscalers have the hardening guide's thresholds",
    faults: (manifests) =>
      serverPods(manifests).flatMap((pod) => {
        const wanted = THRESHOLDS[pod.labels['app.kubernetes.io/component'] ?? ''] ?? {};
        const actual = thresholdsOf(pod, manifests);
        return Object.entries(wanted).every(([resource, percent]) => actual[resource] === percent) ? [] : [pod.of];
      }),
    harm: (manifests) => {
      for (const { spec } of ofKind(manifests, 'HorizontalPodAutoscaler')) spec?.metrics?.reverse().pop();
    },
  },
  onServers(
    'processes of a service are spread over zones and nodes',
    (pod, manifests) =>
      ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].every((key) =>
        (pod.spec.topologySpreadConstraints ?? []).some(
          ({ topologyKey, maxSkew, labelSelector }) => topologyKey === key && maxSkew === 1 && isOwn(labelSelector, pod, manifests),
        ),
      ),
    ({ spec }) => spec.topologySpreadConstraints?.pop(),
  ),
  onServers(
    'processes of a service avoid the node that another of them is on',
    (pod, manifests) =>
      (pod.spec.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).some(
        ({ podAffinityTerm: { topologyKey, labelSelector } }) =>
          topologyKey === 'kubernetes.io/hostname' && isOwn(labelSelector, pod, manifests),
      ),
    ({ spec }) => delete spec.affinity,
  ),
];
