import { AsideQueue } from './aside-queue.js';

describe('AsideQueue', () => {
  it('does one thing at a time in order, what is urgent first', async () => {
    const queue = new AsideQueue();
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      return name;
    };
    const answers = await Promise.all([
      queue.add(work('one'), false),
      queue.add(work('two'), false),
      queue.add(work('first'), true),
      queue.add(work('second'), true),
    ]);
    expect(answers).toEqual(['one', 'two', 'first', 'second']);
    const begun = log.filter((line) => line.endsWith('begins'));
    expect(begun).toEqual(['one begins', 'first begins', 'second begins', 'two begins']);
    expect(log.slice(0, 3)).toEqual(['one begins', 'one ends', 'first begins']);
  });

  it('goes on behind what fails', async () => {
    const queue = new AsideQueue();
    const failed = queue.add(() => Promise.reject(new Error('lost')), false);
    const done = queue.add(async () => 'done', false);
    await expect(failed).rejects.toThrow('lost');
    expect(await done).toBe('done');
  });
});
