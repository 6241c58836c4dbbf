/** One dependency's health. */
export class DependencyHealthDto {
  name: string;
  status: 'up' | 'down';
  healthy: boolean;
  latency_ms: number;
}

/** Answer of the readiness probe. */
export class ReadinessDto {
  ready: boolean;
  draining: boolean;
  dependencies: DependencyHealthDto[];
}

/** Answer of the liveness probe. */
export class LivenessDto {
  status: 'up';
  uptime_seconds: number;
}

/** Summary for people. */
export class HealthDto {
  status: 'ok' | 'degraded' | 'draining';
  ready: boolean;
  uptime_seconds: number;
  dependencies: DependencyHealthDto[];
}
