import { EVENT_ALIAS, EVENT_MAPPING, EVENT_POP, EVENT_SCALAR, EVENT_SEQUENCE, type Event, getScalarValue } from 'js-yaml';

/** Index of the event at which a document's node begins, behind the document's own. */
const ROOT = 1;

/** What a YAML text of one document was parsed to. */
export interface YamlEvents {
  readonly source: string;
  readonly events: readonly Event[];
}

/**
 * The line, counted from 1, of the part of a document that a path leads to; where the path leads to nothing, that of the part next above it.
 * Lines end in line feeds.
 */
export function lineOf(yaml: YamlEvents, path: readonly (string | number)[]): number {
  return yaml.source.slice(0, offsetOf(yaml, ROOT, path)).split('\n').length;
}

/** Offset of the key, or of the list's member, that the path ends at, below the node of the event at `at`. */
function offsetOf(yaml: YamlEvents, at: number, path: readonly (string | number)[]): number {
  let node = at;
  let offset = startOf(yaml.events[at]);
  for (const part of path) {
    const found = childOf(yaml, node, part);
    if (found === undefined) break;
    node = found.value;
    offset = startOf(yaml.events[found.shown]);
  }
  return offset;
}

function childOf({ source, events }: YamlEvents, at: number, part: string | number): { shown: number; value: number } | undefined {
  const type = events[at]?.type;
  if (type !== EVENT_MAPPING && type !== EVENT_SEQUENCE) return undefined;
  let child = at + 1;
  for (let index = 0; ; index++) {
    const event = events[child];
    if (event === undefined || event.type === EVENT_POP) return undefined;
    const next = skipNode(events, child);
    if (type === EVENT_SEQUENCE) {
      if (index === part) return { shown: child, value: child };
      child = next;
    } else {
      if (event.type === EVENT_SCALAR && getScalarValue(source, event) === part) return { shown: child, value: next };
      child = skipNode(events, next);
    }
  }
}

/** Index of the event after the node that begins at `at`. */
function skipNode(events: readonly Event[], at: number): number {
  let open = 0;
  for (let i = at; i < events.length; i++) {
    const type = events[i]?.type;
    if (type === EVENT_POP) open--;
    else if (type !== EVENT_SCALAR && type !== EVENT_ALIAS) open++;
    if (open <= 0) return i + 1;
  }
  return events.length;
}

function startOf(event: Event | undefined): number {
  if (event === undefined) return 0;
  if (event.type === EVENT_SCALAR) return Math.max(0, event.valueStart);
  if (event.type === EVENT_ALIAS) return Math.max(0, event.anchorStart);
  return event.type === EVENT_MAPPING || event.type === EVENT_SEQUENCE ? Math.max(0, event.start) : 0;
}
