import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsString, IsUUID, MaxLength } from 'class-validator';
import { FEEDBACK_VERDICTS, type Feedback, type FeedbackVerdict } from '../contracts/feedback.js';

/** What an analyst said of an alert, as the service that asked the analyst hands it on. */
export class LearnRequestDto implements Omit<Feedback, 'at' | 'correlation_id'> {
  /** Feedback already taken under this id changes nothing. */
  @ApiProperty({ example: 'f0e1d2c3-0000-7000-8000-000000000003' })
  @IsUUID()
  feedback_id: string;

  @ApiProperty({ example: 'f0e1d2c3-0000-5000-8000-000000000001' })
  @IsUUID()
  alert_id: string;

  @ApiProperty({ example: '5f1abf38-291e-4c5a-8a5a-6f6d5c0a2b11' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  rule_id: string;

  @ApiProperty({ enum: FEEDBACK_VERDICTS, example: 'false_positive' })
  @IsIn(FEEDBACK_VERDICTS)
  verdict: FeedbackVerdict;

  @ApiProperty({ example: 'The backup job does this every night.' })
  @IsString()
  @MaxLength(2_000)
  comments: string;

  /** Whom the service heard it from. */
  @ApiProperty({ example: 'analyst@acme-corp' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  analyst: string;
}
