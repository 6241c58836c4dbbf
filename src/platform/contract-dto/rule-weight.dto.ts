import { IsInt, IsNumber, IsString, MaxLength } from 'class-validator';
import type { RuleWeight } from '../../contracts/feedback.js';

/** How much a rule's alerts weigh for the tenant. */
export class RuleWeightDto implements RuleWeight {
  @IsString()
  @MaxLength(256)
  rule_id: string;

  /** 1 is neutral. */
  @IsNumber()
  weight: number;

  @IsInt()
  true_positives: number;

  @IsInt()
  false_positives: number;

  @IsInt()
  benign_positives: number;
}
