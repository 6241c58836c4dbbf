import { ValidateIf } from 'class-validator';

/** A field of a body that must be there and may be null. */
export function MayBeNull(): PropertyDecorator {
  return ValidateIf((_: unknown, value: unknown) => value !== null);
}
