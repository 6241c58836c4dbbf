import { ApiProperty } from '@nestjs/swagger';
import type { HealthStatus } from './readiness.js';

/** One dependency's health. */
export class DependencyHealthDto {
  name: string;
  @ApiProperty({ enum: ['healthy', 'unhealthy'] })
  status: 'healthy' | 'unhealthy';
  healthy: boolean;
  /** Whether requests are to be sent elsewhere while it is not healthy. */
  critical: boolean;
  /** How long it took to answer; an answer is kept for a second. */
  latency_ms: number;
}

/** Answer of the readiness probe. */
export class ReadinessDto {
  @ApiProperty({ enum: ['ready', 'not_ready', 'draining'] })
  status: 'ready' | 'not_ready' | 'draining';
  /** Whether requests should be sent here. */
  ready: boolean;
  checks: DependencyHealthDto[];
}

/** Answer of the liveness probe. */
export class LivenessDto {
  status: 'up';
  uptime_seconds: number;
}

/** Summary for people and monitoring. */
export class HealthDto {
  /** `ok`; `degraded`: requests are served, something does without a dependency; `unready`: they are not; `draining`: the process is on its way out. */
  @ApiProperty({ enum: ['ok', 'degraded', 'unready', 'draining'] })
  status: HealthStatus;
  ready: boolean;
  uptime_seconds: number;
  checks: DependencyHealthDto[];
}
