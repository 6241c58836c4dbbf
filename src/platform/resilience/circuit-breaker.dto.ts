import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import type { BreakerKind } from './breaker-machine.js';

const STATES = ['closed', 'open', 'half_open', 'isolated'] as const satisfies readonly BreakerKind[];

/** Which dependency is meant. */
export class CircuitBreakerQuery {
  /** As the status names it: `redis`, `webhook`, `oidc https://idp.example`. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(512)
  service: string;
}

/** How many circuits of a dependency are in each state. */
export class CircuitCountsDto {
  closed: number;
  open: number;
  half_open: number;
  isolated: number;
}

/** How a dependency is called at present, by the instance that answers. */
export class CircuitBreakerDto {
  service: string;
  /** The worst of its circuits: `closed` it is called, `open` it is not, `half_open` it is tried, `isolated` an operator holds it open. */
  @ApiProperty({ enum: STATES })
  state: BreakerKind;
  /** One circuit, or one a part: each receiver of webhooks has its own. */
  circuits: CircuitCountsDto;
  /** Most failures in a row of a closed circuit. */
  failures: number;
  /** Seconds until the last open circuit is tried again. */
  retry_in_seconds: number;
  /** Calls under way. */
  executing: number;
  /** Calls that wait for their turn. */
  waiting: number;
  /** Failures in a row that open a circuit. */
  failure_threshold: number;
  /** Seconds for which a circuit stays open. */
  recovery_timeout_seconds: number;
  /** Calls that are let through to try a circuit. */
  half_open_probes: number;
  /** Calls that may be under way at once, in each part. */
  max_concurrent: number;
  /** Calls that may wait, in each part. */
  max_waiting: number;
}

/** All dependencies, by name. */
export class CircuitBreakersDto {
  items: CircuitBreakerDto[];
}
