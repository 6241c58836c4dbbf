/** What matches objects by their labels. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface Probe {
  httpGet?: { path?: string; port?: number | string; host?: string };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
}

export interface SecurityContext {
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  capabilities?: { add?: string[]; drop?: string[] };
  seccompProfile?: { type?: string };
  appArmorProfile?: { type?: string };
  seLinuxOptions?: { type?: string; user?: string; role?: string };
  windowsOptions?: { hostProcess?: boolean };
  procMount?: string;
  sysctls?: { name: string; value: string }[];
}

export interface EnvironmentVariable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef?: { name: string; key: string } };
}

export interface Container {
  name: string;
  image?: string;
  imagePullPolicy?: string;
  args?: string[];
  ports?: { name?: string; containerPort: number; hostPort?: number }[];
  env?: EnvironmentVariable[];
  envFrom?: { configMapRef?: { name: string } }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  lifecycle?: { preStop?: { sleep?: { seconds: number }; exec?: { command: string[] }; httpGet?: { host?: string } } };
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: SecurityContext;
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}

export interface Volume {
  name: string;
  emptyDir?: { sizeLimit?: string; medium?: string };
  configMap?: { name: string };
  [kind: string]: unknown;
}

export interface PodSpec {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext?: SecurityContext;
  affinity?: { podAntiAffinity?: { preferredDuringSchedulingIgnoredDuringExecution?: { podAffinityTerm: AffinityTerm }[] } };
  topologySpreadConstraints?: { topologyKey: string; maxSkew: number; labelSelector?: LabelSelector }[];
  initContainers?: Container[];
  containers: Container[];
  volumes?: Volume[];
}

export interface AffinityTerm {
  topologyKey: string;
  labelSelector?: LabelSelector;
}

export interface PodTemplate {
  metadata?: { labels?: Record<string, string> };
  spec: PodSpec;
}

/** Who a rule of a network policy is about. */
export interface Peer {
  ipBlock?: { cidr: string; except?: string[] };
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
}

export interface PolicyRule {
  from?: Peer[];
  to?: Peer[];
  ports?: { protocol?: string; port?: number | string }[];
}

export interface HttpPath {
  path: string;
  pathType: string;
  backend: { service: { name: string; port: { name?: string; number?: number } } };
}

/** A Kubernetes object, as far as the checks look into it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  automountServiceAccountToken?: boolean;
  data?: Record<string, string>;
  spec?: {
    replicas?: number;
    selector?: LabelSelector & Record<string, unknown>;
    strategy?: { rollingUpdate?: { maxSurge?: number; maxUnavailable?: number } };
    template?: PodTemplate;
    jobTemplate?: { spec: { template: PodTemplate } };
    suspend?: boolean;
    type?: string;
    ports?: { name?: string; port: number; targetPort?: number | string }[];
    minReplicas?: number;
    maxReplicas?: number;
    scaleTargetRef?: { kind: string; name: string };
    metrics?: { resource: { name: string; target: { averageUtilization: number } } }[];
    maxUnavailable?: number;
    podSelector?: LabelSelector;
    policyTypes?: string[];
    ingress?: PolicyRule[];
    egress?: PolicyRule[];
    tls?: { hosts?: string[]; secretName?: string }[];
    rules?: { host?: string; http: { paths: HttpPath[] } }[];
  };
}

/** A pod that an object makes, and how faults name it. */
export interface Pod {
  readonly of: string;
  readonly owner: Manifest;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** Objects of a kind. */
export function ofKind(manifests: readonly Manifest[], kind: string): readonly Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

/** Pods of every object that makes some. */
export function podsOf(manifests: readonly Manifest[]): readonly Pod[] {
  return manifests.flatMap((owner) => {
    const template = owner.spec?.jobTemplate?.spec.template ?? owner.spec?.template;
    return template === undefined
      ? []
      : [{ of: `${owner.kind} ${owner.metadata.name}`, owner, labels: template.metadata?.labels ?? {}, spec: template.spec }];
  });
}

/** Pods of the services, which run for as long as nobody stops them. */
export function serverPods(manifests: readonly Manifest[]): readonly Pod[] {
  return podsOf(ofKind(manifests, 'Deployment'));
}

/** Every container of a pod, those that run before it included. */
export function containersOf({ containers, initContainers = [] }: PodSpec): readonly Container[] {
  return [...initContainers, ...containers];
}

/** Tells whether a selector means objects with these labels. */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => operator === 'In' && values.includes(labels[key] ?? ''))
  );
}

/** The settings that a container reads from the config maps among the manifests, and from its own list; without secrets. */
export function settingsOf(manifests: readonly Manifest[], container: Container): Readonly<Record<string, string>> {
  const shared = (container.envFrom ?? []).map(
    ({ configMapRef }) => ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata.name === configMapRef?.name)?.data ?? {},
  );
  const own = (container.env ?? []).filter(({ value }) => value !== undefined).map(({ name, value = '' }) => [name, value] as const);
  return Object.assign({}, ...shared, Object.fromEntries(own)) as Record<string, string>;
}
