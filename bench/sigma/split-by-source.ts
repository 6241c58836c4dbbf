import type { SigmaRule } from '../../src/ada/domain/sigma/sigma-rule.ts';

export interface SourceLines {
  readonly name: string;
  readonly lines: readonly string[];
}

const MOST_SOURCES = 12;
const MOST_LINES = 20_000;

/** The lines of each log source that rules are written for, the largest first: a line is counted with the source named most precisely. */
export async function splitBySource(lines: readonly string[], rules: readonly SigmaRule[]): Promise<SourceLines[]> {
  const at = (path: string): string => new URL(`../../dist/${path}`, import.meta.url).href;
  const { acceptsOrigin } = (await import(
    at('ada/domain/sigma/logsource-routing.js')
  )) as typeof import('../../src/ada/domain/sigma/logsource-routing.ts');
  const { isRejection, parseEvent } = (await import(at('events/parse-event.js'))) as typeof import('../../src/events/parse-event.ts');
  const sources = new Map(rules.map((rule) => [nameOf(rule), rule]));
  const byPrecision = [...sources].sort(([, a], [, b]) => precision(b) - precision(a));
  const nameOfOrigin = new Map<string, string>();
  const split = new Map<string, string[]>();
  for (const line of lines) {
    const event = parseEvent(line, { index: 0, declared: 'auto', receivedAt: 0 });
    if (isRejection(event)) continue;
    const { origin } = event;
    let name = nameOfOrigin.get(origin.key);
    if (name === undefined) {
      name = byPrecision.find(([, rule]) => acceptsOrigin(rule, origin))?.[0] ?? 'no log source';
      nameOfOrigin.set(origin.key, name);
    }
    const known = split.get(name);
    if (known === undefined) split.set(name, [line]);
    else if (known.length < MOST_LINES) known.push(line);
  }
  return [...split]
    .map(([name, some]) => ({ name, lines: some }))
    .sort((a, b) => b.lines.length - a.lines.length)
    .slice(0, MOST_SOURCES);
}

function nameOf({ logsource: { product, category, service } }: SigmaRule): string {
  return [product, category, service].filter((part) => part !== undefined).join('/');
}

function precision({ logsource: { product, category, service } }: SigmaRule): number {
  return (category === undefined ? 0 : 4) + (service === undefined ? 0 : 2) + (product === undefined ? 0 : 1);
}
