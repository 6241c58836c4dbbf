import { ValidateIf } from 'class-validator';

/** A field of a body that may be left out. Unlike with `IsOptional`, `null` is a value like any other, and wrong where none is meant. */
export function MayBeLeftOut(): PropertyDecorator {
  return ValidateIf((_: unknown, value: unknown) => value !== undefined);
}
