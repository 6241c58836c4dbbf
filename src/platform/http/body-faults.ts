import type { ProblemDetail } from '../problems/problem.js';

const DEEPEST = 32;
const MOST_FAULTS = 20;
/** Names with which a body would reach for the prototypes of objects. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

interface Place {
  readonly value: unknown;
  readonly pointer: string;
  readonly depth: number;
}

/**
 * What no JSON body may hold, whatever its DTO says: more than 32 levels, names of prototypes, texts that are not well-formed Unicode
 * or hold U+0000 (no store keeps either as it was sent), and numbers beyond what a double holds. Takes a fixed depth of stack.
 */
export function bodyFaults(body: unknown): readonly ProblemDetail[] {
  const faults: ProblemDetail[] = [];
  const places: Place[] = [{ value: body, pointer: '', depth: 0 }];
  for (let place = places.pop(); place !== undefined && faults.length < MOST_FAULTS; place = places.pop()) {
    const { value, pointer, depth } = place;
    const code = faultOf(value, depth);
    if (code) faults.push({ pointer, code, detail: DETAILS[code] });
    else if (typeof value === 'object' && value !== null) places.push(...inside(value, pointer, depth + 1, faults));
  }
  return faults;
}

const DETAILS = {
  too_deep: `at most ${DEEPEST} levels`,
  not_text: 'well-formed Unicode without U+0000',
  not_a_number: 'a number that a double holds',
} as const;

function faultOf(value: unknown, depth: number): keyof typeof DETAILS | undefined {
  if (typeof value === 'string') return isText(value) ? undefined : 'not_text';
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'not_a_number';
  return typeof value === 'object' && value !== null && depth >= DEEPEST ? 'too_deep' : undefined;
}

function inside(value: object, pointer: string, depth: number, faults: ProblemDetail[]): Place[] {
  const places: Place[] = [];
  for (const name of Object.keys(value)) {
    const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!isText(name)) faults.push({ pointer, code: 'not_text', detail: DETAILS.not_text });
    else if (RESERVED.has(name)) faults.push({ pointer: at, code: 'unknown_field', detail: 'a field of this object' });
    else places.push({ value: (value as Record<string, unknown>)[name], pointer: at, depth });
    if (faults.length >= MOST_FAULTS) break;
  }
  return places;
}

function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
