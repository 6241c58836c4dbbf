/** One label's condition in a selector. */
export interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

/** What an expression of PromQL names: metrics with the conditions on their labels, and the labels that it groups or joins by. */
export interface PromqlNames {
  readonly selectors: readonly { readonly metric: string; readonly matchers: readonly Matcher[] }[];
  readonly grouping: readonly string[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d[\w.]*|[=!]~|!=|\S/g;
const WORD = /^[a-zA-Z_:]/;
const GROUPING = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const OPERATORS = new Set(['and', 'or', 'unless', 'bool']);

/** Reads every name in an expression. A word before a bracket, or before what groups, is a function. */
export function promqlNames(expr: string): PromqlNames {
  const tokens: readonly string[] = expr.match(TOKEN) ?? [];
  const selectors: { metric: string; matchers: Matcher[] }[] = [];
  const grouping = new Set<string>();
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    const next = tokens[at + 1] ?? '';
    if (!WORD.test(token) || OPERATORS.has(token)) continue;
    if (token === 'offset') at += 1;
    else if (GROUPING.has(token)) {
      const end = tokens.indexOf(')', at);
      for (const label of tokens.slice(at + 2, end)) if (label !== ',') grouping.add(label);
      at = end;
    } else if (next === '{') {
      const end = tokens.indexOf('}', at);
      selectors.push({ metric: token, matchers: matchersOf(tokens.slice(at + 2, end)) });
      at = end;
    } else if (next !== '(' && !GROUPING.has(next)) selectors.push({ metric: token, matchers: [] });
  }
  return { selectors, grouping: [...grouping] };
}

function matchersOf(tokens: readonly string[]): Matcher[] {
  const words = tokens.filter((token) => token !== ',');
  return Array.from({ length: words.length / 3 }, (_, n) => {
    const [label = '', op = '', value = ''] = words.slice(3 * n, 3 * n + 3);
    return { label, op, value: JSON.parse(value) as string };
  });
}
