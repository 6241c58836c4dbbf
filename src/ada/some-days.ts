import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** How many days are looked back over where nobody says so. */
export const USUAL_DAYS = 30;
const MOST_DAYS = 90;

/** A parameter that says over how many UTC days, today's among them, to look back. */
export function SomeDays(): PropertyDecorator {
  const description = `How many UTC days to look back over, today's among them, 1 to ${MOST_DAYS}.`;
  return applyDecorators(
    ApiProperty({ required: false, type: 'integer', minimum: 1, maximum: MOST_DAYS, default: USUAL_DAYS, description }),
    Type(() => Number),
    IsInt(),
    Min(1),
    Max(MOST_DAYS),
    IsOptional(),
  );
}
