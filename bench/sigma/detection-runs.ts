import type { SigmaEngine } from '../../src/ada/domain/sigma/sigma-engine.ts';
import type { SigmaRule } from '../../src/ada/domain/sigma/sigma-rule.ts';
import type { ParsedEvent } from '../../src/events/parsed-event.ts';

/** What was measured on some lines: medians of the rounds. Shares are of the rate of `JSON.parse` on the same lines in the same round. */
export interface Figures {
  readonly events: number;
  readonly share_of_json_parse: number;
  readonly share_cache_off: number;
  readonly events_per_second: number;
  readonly events_per_second_cache_off: number;
  readonly json_parse_per_second: number;
  readonly matches: number;
}

const built = (path: string): string => new URL(`../../dist/${path}`, import.meta.url).href;

/** Measures parsing and matching in this thread, in turn with `JSON.parse` alone. */
export class DetectionRuns {
  private readonly modules: Modules;
  private readonly rules: readonly SigmaRule[];
  private readonly rounds: number;

  private constructor(modules: Modules, rules: readonly SigmaRule[], rounds: number) {
    this.modules = modules;
    this.rules = rules;
    this.rounds = rounds;
  }

  static async prepare(rules: readonly SigmaRule[], rounds: number): Promise<DetectionRuns> {
    return new DetectionRuns(await loadModules(), rules, rounds);
  }

  measure(lines: readonly string[]): Figures {
    const firsts = this.firstOfEachOrigin(lines);
    const forgetful = this.engine(firsts, 0);
    const rounds = Array.from({ length: this.rounds }, () => {
      const remembering = this.engine(firsts);
      const parse = rate(lines, () => parseOnly(lines));
      const on = rate(lines, () => void this.matchAll(remembering, lines));
      const off = rate(lines, () => void this.matchAll(forgetful, lines));
      return { parse, on, off };
    });
    const median = (of: (round: (typeof rounds)[number]) => number): number => middle(rounds.map(of));
    return {
      events: lines.length,
      share_of_json_parse: rounded(median(({ parse, on }) => on / parse)),
      share_cache_off: rounded(median(({ parse, off }) => off / parse)),
      events_per_second: Math.round(median(({ on }) => on)),
      events_per_second_cache_off: Math.round(median(({ off }) => off)),
      json_parse_per_second: Math.round(median(({ parse }) => parse)),
      matches: this.matchAll(forgetful, lines),
    };
  }

  /** An engine that has gone through all lines, with what it remembers of them. */
  used(lines: readonly string[]): SigmaEngine {
    const engine = this.engine([]);
    this.matchAll(engine, lines);
    return engine;
  }

  /** An engine whose rules are compiled for these events and that remembers as good as nothing yet. */
  private engine(events: readonly ParsedEvent[], cacheBytes?: number): SigmaEngine {
    const { SigmaEngine: Engine, CacheBudget } = this.modules;
    const engine = new Engine(this.rules, cacheBytes === undefined ? {} : { cache: new CacheBudget(cacheBytes) });
    for (const event of events) engine.match(event);
    return engine;
  }

  private firstOfEachOrigin(lines: readonly string[]): ParsedEvent[] {
    const firsts = new Map<string, ParsedEvent>();
    for (const event of this.parse(lines)) if (!firsts.has(event.origin.key)) firsts.set(event.origin.key, event);
    return [...firsts.values()];
  }

  private matchAll(engine: SigmaEngine, lines: readonly string[]): number {
    let matches = 0;
    for (const event of this.parse(lines)) matches += engine.match(event).length;
    return matches;
  }

  private *parse(lines: readonly string[]): Generator<ParsedEvent> {
    const { parseEvent, isRejection } = this.modules;
    for (const line of lines) {
      const event = parseEvent(line, { index: 0, declared: 'auto', receivedAt: 0 });
      if (!isRejection(event)) yield event;
    }
  }
}

interface Modules {
  readonly SigmaEngine: typeof import('../../src/ada/domain/sigma/sigma-engine.ts').SigmaEngine;
  readonly CacheBudget: typeof import('../../src/ada/domain/sigma/value-cache.ts').CacheBudget;
  readonly parseEvent: typeof import('../../src/events/parse-event.ts').parseEvent;
  readonly isRejection: typeof import('../../src/events/parse-event.ts').isRejection;
}

async function loadModules(): Promise<Modules> {
  const [engine, cache, events] = (await Promise.all([
    import(built('ada/domain/sigma/sigma-engine.js')),
    import(built('ada/domain/sigma/value-cache.js')),
    import(built('events/parse-event.js')),
  ])) as [Modules, Modules, Modules];
  return {
    SigmaEngine: engine.SigmaEngine,
    CacheBudget: cache.CacheBudget,
    parseEvent: events.parseEvent,
    isRejection: events.isRejection,
  };
}

function parseOnly(lines: readonly string[]): void {
  for (const line of lines) JSON.parse(line);
}

function rate(lines: readonly string[], run: () => void): number {
  const started = performance.now();
  run();
  return lines.length / ((performance.now() - started) / 1_000);
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
