import { Duplex } from 'node:stream';
import { eventually } from '../../../../../test/support/eventually.js';
import { AppendStream, type AppendAnswer, type AppendCall } from './append-stream.js';
import { AppendStreams } from './append-streams.js';

/** A call that keeps what is sent and answers when it is told to. */
class FakeCall extends Duplex {
  readonly sent: unknown[] = [];
  isCancelled = false;

  constructor() {
    super({ objectMode: true });
  }

  answer(answer: AppendAnswer): void {
    this.push(answer);
  }

  cancel(): void {
    this.isCancelled = true;
    this.destroy(Object.assign(new Error('cancelled'), { code: 1 }));
  }

  override _read(): void {}

  override _write(request: unknown, _encoding: string, done: () => void): void {
    this.sent.push(request);
    done();
  }
}

const PATIENT = new AbortController().signal;
const streamOf = (call: FakeCall): AppendStream => new AppendStream(call as unknown as AppendCall);
const outcomeOf = (append: Promise<void>): Promise<string> =>
  append.then(
    () => 'written',
    ({ kind }: { kind: string }) => kind,
  );

describe('a stream of appends', () => {
  it('takes answers in the order of appends, and errors in them for errors', async () => {
    const call = new FakeCall();
    const stream = streamOf(call);
    const appends = [1, 2, 3, 4, 5].map((n) => outcomeOf(stream.append({ n }, PATIENT)));
    await eventually(() => expect(call.sent).toHaveLength(5));
    call.answer({});
    call.answer({ error: { code: 3, message: 'no' } });
    call.answer({ rowErrors: [{ index: '7', code: 1 }] });
    call.answer({ error: { code: 14, message: 'later' } });
    call.answer({ error: { code: 0 } });
    expect(await Promise.all(appends)).toEqual(['written', 'refused', 'refused', 'passing', 'written']);
    expect(stream.isOpen).toBe(true);
  });

  it.each([
    ['an error', (call: FakeCall) => call.destroy(Object.assign(new Error('gone'), { code: 5 })), 'missing'],
    ['its end', (call: FakeCall) => call.push(null), 'passing'],
  ])('ends with %s for all that wait, and takes nothing more', async (_, end, kind) => {
    const call = new FakeCall();
    const stream = streamOf(call);
    const appends = [1, 2].map((n) => outcomeOf(stream.append({ n }, PATIENT)));
    end(call);
    expect(await Promise.all(appends)).toEqual([kind, kind]);
    expect([stream.isOpen, await outcomeOf(stream.append({}, PATIENT))]).toEqual([false, kind]);
  });

  it('ends where an append is not answered in time, as a later answer would be taken for another', async () => {
    const call = new FakeCall();
    const stream = streamOf(call);
    const caller = new AbortController();
    const appends = [stream.append({ n: 1 }, caller.signal), stream.append({ n: 2 }, PATIENT)].map(outcomeOf);
    caller.abort();
    expect(await Promise.all(appends)).toEqual(['passing', 'passing']);
    expect([stream.isOpen, call.isCancelled]).toEqual([false, true]);
  });
});

describe('streams of tables', () => {
  const streams = (limit: { readonly most: number; readonly idleMs: number }) => {
    const calls = new Map<string, FakeCall>();
    const kept = new AppendStreams(limit);
    const of = (table: string): AppendStream =>
      kept.of(table, () => {
        calls.set(table, new FakeCall());
        return streamOf(calls.get(table) as FakeCall);
      });
    return { kept, of, calls };
  };

  it('are kept while they are used; the one used longest ago goes, once it is answered', async () => {
    const { kept, of, calls } = streams({ most: 2, idleMs: 60_000 });
    const a = of('a');
    const append = outcomeOf(a.append({}, PATIENT));
    of('b');
    expect(of('a')).toBe(a);
    of('c');
    expect([kept.size, calls.get('a')?.isCancelled, calls.get('b')?.isCancelled]).toEqual([2, false, true]);
    of('d');
    expect([a.isOpen, calls.get('a')?.isCancelled]).toEqual([false, false]);
    calls.get('a')?.answer({});
    expect(await append).toBe('written');
    expect(calls.get('a')?.isCancelled).toBe(true);
    kept.release('');
    expect(kept.size).toBe(0);
  });

  it('are opened anew where they have ended', () => {
    const { kept, of } = streams({ most: 2, idleMs: 60_000 });
    const first = of('a');
    first.retire();
    expect(of('a')).not.toBe(first);
    kept.release('a');
  });

  it('are let go when nobody uses them', async () => {
    const { kept, of, calls } = streams({ most: 2, idleMs: 20 });
    of('a');
    await eventually(() => expect([kept.size, calls.get('a')?.isCancelled]).toEqual([0, true]));
  });
});
