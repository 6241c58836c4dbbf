import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsNumber, IsString, Max, MaxLength, Min } from 'class-validator';
import {
  CLASSIFICATIONS,
  CONTRIBUTIONS,
  type Classification,
  type Contribution,
  type Counterfactual,
  type Verdict,
} from '../../contracts/verdict.js';
import { NestedList } from '../http/nested.js';

const MOST_PARTS = 100;
const LONGEST_TEXT = 20_000;

/** One named part of a score. */
export class ContributionDto implements Contribution {
  @ApiProperty({ enum: CONTRIBUTIONS })
  @IsIn(CONTRIBUTIONS)
  name: Contribution['name'];

  @IsNumber()
  points: number;

  @IsString()
  @MaxLength(LONGEST_TEXT)
  reason: string;
}

/** The smallest single change that would have changed the classification. */
export class CounterfactualDto implements Counterfactual {
  @ApiProperty({ enum: CLASSIFICATIONS })
  @IsIn(CLASSIFICATIONS)
  classification: Classification;

  @IsString()
  @MaxLength(LONGEST_TEXT)
  change: string;
}

/** What triage says of an alert. */
export class VerdictDto implements Verdict {
  @ApiProperty({ enum: CLASSIFICATIONS })
  @IsIn(CLASSIFICATIONS)
  classification: Classification;

  /** 0 to 100: the sum of the contributions. */
  @IsNumber()
  @Min(0)
  @Max(100)
  score: number;

  /** 0 to 1. */
  @IsNumber()
  @Min(0)
  @Max(1)
  confidence: number;

  @IsArray()
  @ArrayMaxSize(MOST_PARTS)
  @IsString({ each: true })
  @MaxLength(LONGEST_TEXT, { each: true })
  reasons: string[];

  @NestedList(() => ContributionDto, MOST_PARTS)
  contributions: ContributionDto[];

  @NestedList(() => CounterfactualDto, MOST_PARTS)
  counterfactuals: CounterfactualDto[];

  @IsString()
  @MaxLength(256)
  model_version: string;
}
