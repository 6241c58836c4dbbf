import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import type { TriageContext } from '../contracts/triage-agent.js';
import { AlertDto } from '../platform/contract-dto/alert.dto.js';
import { VerdictDto } from '../platform/contract-dto/verdict.dto.js';
import { Nested, NestedList } from '../platform/http/nested.js';

/** Most alerts in one request. */
const MOST_ALERTS = 100;

/** What surrounds an alert and bears on its verdict. */
export class TriageContextDto implements TriageContext {
  /** Alerts of the same rule on a shared entity in the 24 hours before. */
  @ApiProperty({ example: 0 })
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  repetitions: number;

  /** Tactics already seen on the alert's entities in the 24 hours before. */
  @ApiProperty({ example: ['initial-access'] })
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  prior_tactics: string[];
}

/** An alert to be judged. The verdict that it may have is not looked at. */
export class TriageRequestDto {
  @Nested(() => AlertDto)
  alert: AlertDto;

  @Nested(() => TriageContextDto)
  context: TriageContextDto;
}

/** Alerts to be judged. */
export class TriageBatchRequestDto {
  @ApiProperty({ type: [TriageRequestDto], maxItems: MOST_ALERTS, minItems: 1 })
  @ArrayMinSize(1)
  @NestedList(() => TriageRequestDto, MOST_ALERTS)
  items: TriageRequestDto[];
}

/** The verdict on one alert. */
export class TriageAnswerDto {
  alert_id: string;
  verdict: VerdictDto;
}

/** Verdicts in the order of the alerts. */
export class TriageBatchAnswerDto {
  items: TriageAnswerDto[];
}
