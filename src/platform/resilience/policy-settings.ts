import type { BreakerSettings } from './breaker-machine.js';
import type { RetrySettings } from './retry-delay.js';

/** How one dependency is called. Times are milliseconds. */
export interface PolicySettings {
  readonly breaker: BreakerSettings;
  readonly retry: RetrySettings;
  readonly bulkhead: {
    /** Calls under way at once. */
    readonly concurrent: number;
    /** Calls that wait for one of those to end; more are rejected at once. */
    readonly waiting: number;
  };
  readonly timeout: {
    readonly attemptMs: number;
    /** All attempts and all waiting. */
    readonly totalMs: number;
  };
}

/** What is called from here: kinds of dependencies, each with settings of its own. */
export const DEPENDENCY_KINDS = [
  'redis',
  'webhook',
  'intel',
  'oidc',
  'secret-manager',
  'clickhouse',
  'bigquery',
  'pubsub',
  'service',
] as const;

export type DependencyKind = (typeof DEPENDENCY_KINDS)[number];

export type ResilienceSettings = Readonly<Record<DependencyKind, PolicySettings>>;
