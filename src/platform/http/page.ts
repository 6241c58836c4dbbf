import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { Problem } from '../problems/problem.js';

/** Query parameters of every list. */
export class PageQuery {
  /** Items on a page, 1 to 500. */
  @ApiPropertyOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  @IsOptional()
  limit: number = 50;

  /** `next_cursor` of the page before. */
  @IsString()
  @MaxLength(512)
  @Matches(/^[A-Za-z0-9_-]+$/)
  @IsOptional()
  cursor?: string;
}

/** A page of a list; `next_cursor` is null on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** Writes the position after which the next page starts. Opaque to callers, and never trusted when it comes back. */
export function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Reads a cursor back.
 * @param kinds the type of each part of the position.
 * @throws Problem 400 where it is not one of ours.
 */
export function decodeCursor(cursor: string, kinds: readonly ('string' | 'number')[]): readonly (string | number)[] {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(position) && position.length === kinds.length && position.every((part, i) => typeof part === kinds[i])) {
      return position as (string | number)[];
    }
  } catch {
    // answered below
  }
  throw new Problem('malformed-request', 'Use next_cursor of the page before, unchanged.', {
    errors: [{ pointer: 'cursor', code: 'bad_cursor', detail: 'not a cursor of this list' }],
  });
}

/** Cuts a page from one item more than its limit. */
export function toPage<T>(itemsAndOne: readonly T[], limit: number, positionOf: (item: T) => readonly (string | number)[]): Page<T> {
  const items = itemsAndOne.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: itemsAndOne.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : null };
}
