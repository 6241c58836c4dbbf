import type { Expression } from '../expression.js';
import type { Searches } from '../parse-rule.js';
import type { LintRemark } from './lint-remark.js';

/** Remarks about searches that no condition asks for. */
export function lintSearches(detection: Expression, searches: Searches): LintRemark[] {
  const asked = new Set<Expression>();
  collect(detection, asked);
  return [...searches]
    .filter(([, search]) => !asked.has(search))
    .map(([name]) => ({ path: ['detection', name], reason: `detection: no condition asks for "${name.slice(0, 64)}"` }));
}

function collect(expression: Expression, into: Set<Expression>): void {
  into.add(expression);
  if (expression.kind === 'not') collect(expression.of, into);
  else if (expression.kind === 'and' || expression.kind === 'or') for (const part of expression.of) collect(part, into);
}
