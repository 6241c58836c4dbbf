import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One recorded attack. */
export interface Scenario {
  /** Its events, a line each. */
  readonly lines: readonly string[];
  /** ATT&CK techniques that it is labelled with. */
  readonly techniques: readonly string[];
}

/** The sets of recorded attacks by name; the scenarios of each in the order of its manifest. Those without events are left out. */
export function readScenarios(data: string): ReadonlyMap<string, readonly Scenario[]> {
  const evtx = linesOf(join(data, 'windows', 'evtx-to-mitre', 'events.ndjson.gz'));
  const sets = {
    otrf: manifest<OtrfEntry>(data, 'otrf').map(({ file, techniques }) => ({ lines: linesOf(join(data, file)), techniques })),
    'evtx-to-mitre': manifest<EvtxEntry>(data, 'evtx-to-mitre').map(({ first_line: first, events, technique }) => ({
      lines: evtx.slice(first - 1, first - 1 + events),
      techniques: technique === null ? [] : [technique],
    })),
  };
  return new Map(Object.entries(sets).map(([name, scenarios]) => [name, scenarios.filter(({ lines }) => lines.length > 0)]));
}

/** The archive of rules in a directory. @throws Error where there is none. */
export function archiveIn(directory: string): string {
  const archive = readdirSync(directory).find((name) => name.endsWith('.tar.gz'));
  if (archive === undefined) throw new Error(`no archive of rules in ${directory}`);
  return join(directory, archive);
}

interface OtrfEntry {
  readonly file: string;
  readonly techniques: readonly string[];
}

interface EvtxEntry {
  /** Number of its first line, from 1. */
  readonly first_line: number;
  readonly events: number;
  readonly technique: string | null;
}

function manifest<Entry>(data: string, set: string): Entry[] {
  const text = readFileSync(join(data, 'windows', set, 'manifest.jsonl'), 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Entry]));
}

function linesOf(file: string): string[] {
  return gunzipSync(readFileSync(file))
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '');
}
