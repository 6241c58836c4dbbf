import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import { ALERT_STATUSES, type AlertStatus } from '../../contracts/alert.js';
import { FEEDBACK_VERDICTS, type Feedback, type FeedbackVerdict } from '../../contracts/feedback.js';
import { RuleWeightDto } from '../../platform/contract-dto/rule-weight.dto.js';
import { MayBeLeftOut } from '../../platform/http/may-be-left-out.js';
import { CaseChangeBody } from './case-change.dto.js';

/** What changes of an alert; what is left out stays. */
export class UpdateAlertBody extends CaseChangeBody {
  /** `new → triaged → in_progress → closed`; from `closed` it is reopened as `triaged` or `in_progress`. */
  @ApiProperty({ required: false, enum: ALERT_STATUSES, example: 'in_progress' })
  @IsIn(ALERT_STATUSES)
  @MayBeLeftOut()
  status?: AlertStatus;
}

/** What an analyst says of an alert. */
export class FeedbackBody {
  @ApiProperty({ enum: FEEDBACK_VERDICTS, example: 'false_positive' })
  @IsIn(FEEDBACK_VERDICTS)
  verdict: FeedbackVerdict;

  @ApiProperty({ required: false, example: 'The backup job does this every night.' })
  @IsString()
  @MaxLength(2_000)
  @MayBeLeftOut()
  comments: string = '';
}

/** Feedback as kept, and what was learned of it. */
export class FeedbackDto implements Feedback {
  feedback_id: string;
  alert_id: string;
  rule_id: string;
  @ApiProperty({ enum: FEEDBACK_VERDICTS })
  verdict: FeedbackVerdict;
  comments: string;
  analyst: string;
  at: string;
  correlation_id: string;
  /** Null while learning is away: the feedback is kept and learned later. */
  @ApiProperty({ type: RuleWeightDto, nullable: true })
  learned: RuleWeightDto | null;
}
