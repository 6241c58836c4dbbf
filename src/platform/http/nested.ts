import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject, ValidateNested } from 'class-validator';

/** An object inside a body, checked against its own DTO. An array is none: `ValidateNested` alone would take an empty one. */
export function Nested(type: () => new () => object): PropertyDecorator {
  return applyDecorators(IsObject(), ValidateNested(), Type(type));
}

/** A list of objects inside a body, each checked against its own DTO. */
export function NestedList(type: () => new () => object, most: number): PropertyDecorator {
  return applyDecorators(IsArray(), ArrayMaxSize(most), IsObject({ each: true }), ValidateNested({ each: true }), Type(type));
}
