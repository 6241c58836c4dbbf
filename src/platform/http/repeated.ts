import { Transform } from 'class-transformer';

/** A query parameter that may be repeated or comma-separated: always an array for the handler. */
export function Repeated(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => {
    if (value === undefined) return undefined;
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.flatMap((item) => (typeof item === 'string' ? item.split(',').filter((part) => part !== '') : [item]));
  });
}
