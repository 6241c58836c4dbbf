import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';

const MOST_VALUES = 50;

/** A parameter that is given several times is a list already; one that is given once becomes one. */
const toList = ({ value }: { readonly value: unknown }): unknown => (value === undefined || Array.isArray(value) ? value : [value]);

/** The same for closed words, which may also be given at once, with commas between them. */
const wordsToList = ({ value }: { readonly value: unknown }): unknown => (typeof value === 'string' ? value.split(',') : toList({ value }));

/** A filter of a list that takes some of these words, repeated or with commas between them; several mean or. */
export function SomeOf(words: readonly string[]): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ required: false, isArray: true, enum: [...words] }),
    Transform(wordsToList),
    IsIn(words, { each: true }),
    ArrayMaxSize(MOST_VALUES),
    IsOptional(),
  );
}

/** A filter of a list that takes up to 50 texts of at most so many characters; several mean or. */
export function SomeTexts(longest: number): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ required: false, isArray: true, type: String }),
    Transform(toList),
    IsString({ each: true }),
    MaxLength(longest, { each: true }),
    ArrayMaxSize(MOST_VALUES),
    IsOptional(),
  );
}
