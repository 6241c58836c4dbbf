import type { SecurityEvent } from '../../../contracts/security-event.js';
import type { Expression, FieldReferenceExpression, ItemExpression } from './expression.js';
import type { AtomId } from './posting.js';
import { compareFields, textsOf } from './value-tests.js';

/** Which atoms hold in the event at hand: those whose mark is the event's number. */
export interface AtomMarks {
  marks: Uint32Array;
  event: number;
}

/** Tells whether a rule holds in the event whose atoms are marked. */
export type RuleProgram = (event: SecurityEvent) => boolean;

/** Members of a list that a field reference looks at on either side. */
const MAX_REFERENCE_VALUES = 64;

/** Compiles an expression to a function over atom marks; `atomOf` numbers its items. */
export function compileProgram(expression: Expression, state: AtomMarks, atomOf: (item: ItemExpression) => AtomId): RuleProgram {
  switch (expression.kind) {
    case 'item': {
      const atom = atomOf(expression);
      return () => state.marks[atom] === state.event;
    }
    case 'fieldref':
      return (event) => holdsReference(expression, event);
    case 'not': {
      const inner = compileProgram(expression.of, state, atomOf);
      return (event) => !inner(event);
    }
    case 'and': {
      const programs = expression.of.map((part) => compileProgram(part, state, atomOf));
      return (event) => {
        for (const program of programs) if (!program(event)) return false;
        return true;
      };
    }
    case 'or': {
      const programs = expression.of.map((part) => compileProgram(part, state, atomOf));
      return (event) => {
        for (const program of programs) if (program(event)) return true;
        return false;
      };
    }
  }
}

/** Tells whether a field reference holds in an event: any value of the one field with any of the other. */
export function holdsReference(reference: FieldReferenceExpression, event: SecurityEvent): boolean {
  const others = textsOf(event.field(reference.other)).slice(0, MAX_REFERENCE_VALUES);
  const values = textsOf(event.field(reference.field)).slice(0, MAX_REFERENCE_VALUES);
  return values.some((value) => others.some((other) => compareFields(reference.mode, reference.cased, value, other)));
}
