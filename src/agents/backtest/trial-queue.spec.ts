import { TrialQueue } from './trial-queue.js';

describe('TrialQueue', () => {
  it('does one thing at a time in order, what is urgent first, and rests in between', async () => {
    const queue = new TrialQueue();
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      return name;
    };
    const rest = async (): Promise<void> => void log.push('rests');
    const answers = await Promise.all([
      queue.add(work('one'), false, rest),
      queue.add(work('two'), false, rest),
      queue.add(work('first'), true, async () => undefined),
      queue.add(work('second'), true, async () => undefined),
    ]);
    expect(answers).toEqual(['one', 'two', 'first', 'second']);
    const begun = log.filter((line) => line.endsWith('begins'));
    expect(begun).toEqual(['one begins', 'first begins', 'second begins', 'two begins']);
    expect(log.slice(0, 4)).toEqual(['one begins', 'one ends', 'rests', 'first begins']);
  });

  it('goes on behind what fails', async () => {
    const queue = new TrialQueue();
    const none = async (): Promise<void> => undefined;
    const failed = queue.add(() => Promise.reject(new Error('lost')), false, none);
    const done = queue.add(async () => 'done', false, none);
    await expect(failed).rejects.toThrow('lost');
    expect(await done).toBe('done');
  });
});
