import { DEPENDENCY_KINDS, type DependencyKind, type PolicySettings, type ResilienceSettings } from '../resilience/policy-settings.js';
import type { VariableReader } from './variable-reader.js';

/** A setting of a policy: its variable, what holds where nothing is said, and what may be. Times are seconds. */
interface Setting {
  readonly variable: string;
  readonly usual: number;
  readonly least: number;
  readonly most: number;
}

const SETTINGS = {
  failures: { variable: 'CIRCUIT_BREAKER_FAILURE_THRESHOLD', usual: 5, least: 1, most: 1_000 },
  recovery: { variable: 'CIRCUIT_BREAKER_RECOVERY_TIMEOUT', usual: 30, least: 0.1, most: 3_600 },
  probes: { variable: 'CIRCUIT_BREAKER_HALF_OPEN_PROBES', usual: 3, least: 1, most: 3 },
  attempts: { variable: 'RETRY_MAX_ATTEMPTS', usual: 3, least: 1, most: 10 },
  base: { variable: 'RETRY_BASE_DELAY', usual: 1, least: 0.001, most: 60 },
  max: { variable: 'RETRY_MAX_DELAY', usual: 30, least: 0.001, most: 600 },
  concurrent: { variable: 'BULKHEAD_MAX_CONCURRENT', usual: 16, least: 1, most: 100_000 },
  waiting: { variable: 'BULKHEAD_MAX_WAITING', usual: 64, least: 0, most: 100_000 },
  attempt: { variable: 'OUTBOUND_ATTEMPT_TIMEOUT', usual: 10, least: 0.01, most: 600 },
  total: { variable: 'OUTBOUND_TOTAL_TIMEOUT', usual: 30, least: 0.01, most: 3_600 },
} as const satisfies Readonly<Record<string, Setting>>;

type SettingName = keyof typeof SETTINGS;

/**
 * What differs by kind, and why. Redis is asked on every request and a local share stands in for it. Webhooks are tried again by the work queue, and end
 * before its lease does. People wait for the keys of an identity provider, and the next of them asks again. Feeds are large. Secrets are few. A search in ClickHouse
 * may read months. Queries of BigQuery take long, and its quotas are by the minute. What Pub/Sub does not take, or does
 * not hear acknowledged, is tried again by the work queue, or by itself.
 */
const OWN: Readonly<Record<DependencyKind, Partial<Record<SettingName, number>>>> = {
  redis: { failures: 3, recovery: 0.5, attempts: 1, concurrent: 10_000, waiting: 0, attempt: 2, total: 2 },
  webhook: { attempts: 2, base: 0.25, concurrent: 4, attempt: 3, total: 8 },
  intel: { base: 0.5, max: 10, concurrent: 2, attempt: 30, total: 120 },
  oidc: { failures: 3, recovery: 10, attempts: 1, attempt: 7, total: 7 },
  'secret-manager': { base: 0.1, max: 1, attempt: 6, total: 20 },
  clickhouse: { base: 0.25, max: 5, attempt: 30, total: 60 },
  bigquery: { base: 0.5, max: 10, attempt: 30, total: 90 },
  pubsub: { attempts: 2, base: 0.1, max: 1, waiting: 128, attempt: 5, total: 12 },
  service: {},
};

/** Reads how dependencies are called: `CIRCUIT_BREAKER_…`, `RETRY_…`, `BULKHEAD_…`, `OUTBOUND_…`, and the same with a kind's name after the first part. */
export function readResilience(reader: VariableReader): ResilienceSettings {
  const general = readSettings(reader, (variable) => variable, {});
  const entries = DEPENDENCY_KINDS.map((kind) => {
    const named = kind.toUpperCase().replaceAll('-', '_');
    return [
      kind,
      readSettings(reader, (variable) => variable.replace(/^(CIRCUIT_BREAKER|[A-Z]+)_/, `$1_${named}_`), { ...general, ...OWN[kind] }),
    ] as const;
  });
  return Object.fromEntries(entries.map(([kind, values]) => [kind, policyOf(values)])) as Record<DependencyKind, PolicySettings>;
}

type Values = Readonly<Record<SettingName, number>>;

function readSettings(reader: VariableReader, variableOf: (variable: string) => string, own: Partial<Values>): Values {
  const read = (name: SettingName): number => {
    const { variable, usual, least, most } = SETTINGS[name];
    const fallback = own[name] ?? usual;
    return TIMES.has(name)
      ? reader.seconds(variableOf(variable), fallback, least, most)
      : reader.integer(variableOf(variable), fallback, least, most);
  };
  return Object.fromEntries((Object.keys(SETTINGS) as SettingName[]).map((name) => [name, read(name)])) as Record<SettingName, number>;
}

const TIMES: ReadonlySet<SettingName> = new Set(['recovery', 'base', 'max', 'attempt', 'total']);

function policyOf({ failures, recovery, probes, attempts, base, max, concurrent, waiting, attempt, total }: Values): PolicySettings {
  return {
    breaker: { failures, recoveryMs: 1_000 * recovery, probes },
    retry: { attempts, baseMs: 1_000 * base, maxMs: 1_000 * max },
    bulkhead: { concurrent, waiting },
    timeout: { attemptMs: 1_000 * attempt, totalMs: 1_000 * total },
  };
}
