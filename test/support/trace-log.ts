/** A system call as `strace -f -y` tells of it: once when it begins, once when it has returned. */
export interface TracedCall {
  readonly phase: 'begins' | 'returned';
  readonly name: string;
  /** Path of its file descriptor, `socket:[…]` for sockets; for calls on names, the first of them. */
  readonly path: string;
  /** Arguments, as printed. */
  readonly text: string;
  /** What it returned, once it has. */
  readonly result: string;
}

const CALL = /^\d+ +(\w+)\(\d+<([^>]*)>(.*)$/s;
const ON_NAMES = /^\d+ +(openat|unlink|rename)\((?:AT_FDCWD<[^>]*>, )?"([^"]*)"(.*)$/s;
const RESUMED = /^(\d+) +<\.\.\. \w+ resumed>(.*)$/s;
const RESULT = / = (-?\w+(?: E\w+)?)[^=]*$/;

/** Reads a trace, in the order in which the tracer saw it. */
export function* readTrace(lines: Iterable<string>): Generator<TracedCall> {
  const pending = new Map<string, Omit<TracedCall, 'phase' | 'result'>>();
  for (const line of lines) {
    const resumed = RESUMED.exec(line);
    if (resumed) {
      const call = pending.get(resumed[1] ?? '');
      if (call) yield { ...call, phase: 'returned', result: RESULT.exec(resumed[2] ?? '')?.[1] ?? '' };
      continue;
    }
    const match = CALL.exec(line) ?? ON_NAMES.exec(line);
    if (!match) continue;
    const call = { name: match[1] ?? '', path: match[2] ?? '', text: match[3] ?? '' };
    yield { ...call, phase: 'begins', result: '' };
    if (line.endsWith('<unfinished ...>')) pending.set(line.slice(0, line.indexOf(' ')), call);
    else yield { ...call, phase: 'returned', result: RESULT.exec(call.text)?.[1] ?? '' };
  }
}

/** How acknowledgements stand to the syncs before them. */
export interface AckOrder {
  readonly acknowledged: number;
  /** Syncs of event files' logs that returned; fewer than acknowledgements where several are written at once. */
  readonly syncs: number;
  /** Batches that were acknowledged before a sync that covers them had returned. */
  readonly early: readonly string[];
}

const BATCH_ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const ACKNOWLEDGED = new RegExp(`\\\\"batch_id\\\\":\\\\"(${BATCH_ID.source})\\\\"`);
const EVENT_LOG = /\/events-[^/]*\.db-wal$/;

/** Whether a call makes what was written to a file durable. */
export function isSync(name: string): boolean {
  return name === 'fdatasync' || name === 'fsync';
}

/** Id of the batch that a call acknowledges; `undefined` for any other call. */
export function acknowledgedBy({ phase, path, text }: TracedCall): string | undefined {
  if (phase !== 'begins' || !path.startsWith('socket:') || !text.includes('HTTP/1.1 202')) return undefined;
  return ACKNOWLEDGED.exec(text)?.[1] ?? text.slice(0, 80);
}

/**
 * Follows each batch through a trace: its id is written to an event file's log, a sync of that log begins and returns 0, and only then is the
 * answer with its id written to a socket.
 */
export function ackOrder(calls: Iterable<TracedCall>): AckOrder {
  const written = new Map<string, Set<string>>();
  const covered = new Map<string, string[]>();
  const synced = new Set<string>();
  const early: string[] = [];
  let [acknowledged, syncs] = [0, 0];
  for (const call of calls) {
    const { phase, name, path, text, result } = call;
    const answered = acknowledgedBy(call);
    if (EVENT_LOG.test(path)) {
      const unsynced = written.get(path) ?? new Set<string>();
      written.set(path, unsynced);
      if (name === 'pwrite64' && phase === 'begins') for (const [id] of text.matchAll(BATCH_ID)) unsynced.add(id);
      if (isSync(name) && phase === 'begins') covered.set(path, [...unsynced]);
      if (isSync(name) && phase === 'returned' && result === '0') {
        syncs += 1;
        for (const id of covered.get(path) ?? []) synced.add(id);
        for (const id of synced) unsynced.delete(id);
      }
    } else if (answered !== undefined) {
      acknowledged += 1;
      if (!synced.has(answered)) early.push(answered);
    }
  }
  return { acknowledged, syncs, early };
}
