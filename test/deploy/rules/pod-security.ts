import { ofKind, type Manifest, type PodSpec, type SecurityContext } from '../manifest.js';
import { containersOf } from '../manifest.js';
import { onContainers, onPods, only, type Rule } from '../rule.js';

/** Kinds of volumes, sysctls and SELinux types that the profile allows. */
const VOLUMES = new Set(['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret']);
const SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);
const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
const PROFILES = new Set(['RuntimeDefault', 'Localhost']);
const MODES = ['enforce', 'audit', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}`);

/** Security contexts of a pod and of each of its containers. */
function contextsOf(pod: PodSpec): readonly SecurityContext[] {
  return [pod, ...containersOf(pod)].map(({ securityContext = {} }) => securityContext);
}

function contextOf(pod: PodSpec): SecurityContext {
  return (pod.securityContext ??= {});
}

/** A rule on every security context, whether it is the pod's or a container's. */
function onContexts(name: string, isKept: (context: SecurityContext) => boolean, harmful: SecurityContext): Rule {
  return onPods(
    name,
    (pod) => contextsOf(pod).every(isKept),
    (pod) => Object.assign(contextOf(pod), harmful),
  );
}

/** The profile "restricted" of Kubernetes' Pod Security Standards, which holds the profile "baseline". */
export const POD_SECURITY: readonly Rule[] = [
  {
    name: 'the namespace enforces the restricted profile',
    faults: (manifests) => {
      const namespaces = ofKind(manifests, 'Namespace');
      const isStrict = ({ metadata }: Manifest): boolean => MODES.every((mode) => metadata.labels?.[mode] === 'restricted');
      return namespaces.length === 1 && namespaces.every(isStrict) ? [] : ['Namespace'];
    },
    harm: (manifests) => {
      only(ofKind(manifests, 'Namespace')).metadata.labels = { [MODES[0] ?? '']: 'baseline' };
    },
  },
  onPods(
    'no namespace of the host is shared',
    ({ hostNetwork, hostPID, hostIPC }) => !hostNetwork && !hostPID && !hostIPC,
    (pod) => (pod.hostPID = true),
  ),
  onContainers(
    'no container is privileged',
    ({ securityContext }) => securityContext?.privileged !== true,
    (container) => ((container.securityContext ??= {}).privileged = true),
  ),
  onContainers(
    'every capability is dropped, and at most NET_BIND_SERVICE added',
    ({ securityContext: { capabilities = {} } = {} }) =>
      (capabilities.drop ?? []).includes('ALL') && (capabilities.add ?? []).every((added) => added === 'NET_BIND_SERVICE'),
    (container) => ((container.securityContext ??= {}).capabilities = { drop: ['NET_RAW'] }),
  ),
  onPods(
    'volumes are of the kinds that reach nothing of the host',
    ({ volumes = [] }) => volumes.every((volume) => Object.keys(volume).every((key) => key === 'name' || VOLUMES.has(key))),
    (pod) => (pod.volumes ??= []).push({ name: 'host', hostPath: { path: '/' } }),
  ),
  onContainers(
    'no port of the host is taken',
    ({ ports = [] }) => ports.every(({ hostPort = 0 }) => hostPort === 0),
    (container) => (container.ports ??= []).push({ containerPort: 8080, hostPort: 8080 }),
  ),
  onContainers(
    'no process gains privileges',
    ({ securityContext }) => securityContext?.allowPrivilegeEscalation === false,
    (container) => delete container.securityContext?.allowPrivilegeEscalation,
  ),
  onPods(
    'nothing runs as root',
    (pod) =>
      contextsOf(pod).every(({ runAsNonRoot, runAsUser }) => runAsNonRoot !== false && runAsUser !== 0) &&
      pod.securityContext?.runAsNonRoot === true,
    (pod) => (contextOf(pod).runAsUser = 0),
  ),
  onPods(
    'system calls are filtered by the default profile',
    (pod) =>
      PROFILES.has(pod.securityContext?.seccompProfile?.type ?? '') &&
      contextsOf(pod).every(({ seccompProfile }) => seccompProfile === undefined || PROFILES.has(seccompProfile.type ?? '')),
    (pod) => delete contextOf(pod).seccompProfile,
  ),
  onContexts(
    'AppArmor is not switched off',
    ({ appArmorProfile }) => appArmorProfile === undefined || PROFILES.has(appArmorProfile.type ?? ''),
    {
      appArmorProfile: { type: 'Unconfined' },
    },
  ),
  onContexts(
    'SELinux is as for any container',
    ({ seLinuxOptions: { type = '', user = '', role = '' } = {} }) => SELINUX_TYPES.has(type) && user === '' && role === '',
    { seLinuxOptions: { type: 'spc_t' } },
  ),
  onContexts('/proc is masked', ({ procMount = 'Default' }) => procMount === 'Default', { procMount: 'Unmasked' }),
  onContexts('only safe sysctls are set', ({ sysctls = [] }) => sysctls.every(({ name }) => SYSCTLS.has(name)), {
    sysctls: [{ name: 'kernel.msgmax', value: '65536' }],
  }),
  onContexts('nothing runs as a process of a Windows host', ({ windowsOptions }) => windowsOptions?.hostProcess !== true, {
    windowsOptions: { hostProcess: true },
  }),
  onContainers(
    'probes and hooks ask the pod itself',
    ({ startupProbe, livenessProbe, readinessProbe, lifecycle }) =>
      [startupProbe, livenessProbe, readinessProbe, lifecycle?.preStop].every((asked) => (asked?.httpGet?.host ?? '') === ''),
    (container) => (container.livenessProbe = { httpGet: { path: '/', port: 80, host: '169.254.169.254' } }),
  ),
];
