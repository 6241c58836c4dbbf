/** Most that is done at once: more would hold up whoever waits for the same database. */
const MOST = 100;

interface Waiting<Item> {
  readonly item: Item;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Does together, for each key, what is asked for while something is under way (group commit): those who come meanwhile share one transaction and one
 * disk sync. What fails together is done once more one by one, so that each fails by itself alone.
 */
export class Together<Key, Item> {
  private readonly waiting = new Map<Key, Waiting<Item>[]>();

  /** @param work does some items at once, all of them or none. */
  constructor(private readonly work: (key: Key, items: readonly Item[]) => Promise<void>) {}

  /** Resolves once the item is done. @throws what `work` threw for it. */
  do(key: Key, item: Item): Promise<void> {
    return new Promise((done, failed) => {
      const queue = this.waiting.get(key);
      if (queue) {
        queue.push({ item, done, failed });
        return;
      }
      const own: Waiting<Item>[] = [{ item, done, failed }];
      this.waiting.set(key, own);
      void this.serve(key, own);
    });
  }

  private async serve(key: Key, queue: Waiting<Item>[]): Promise<void> {
    while (queue.length > 0) await this.settle(key, queue.splice(0, MOST));
    this.waiting.delete(key);
  }

  private async settle(key: Key, group: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.work(
        key,
        group.map(({ item }) => item),
      );
      for (const { done } of group) done();
    } catch (error) {
      const [only] = group;
      if (only && group.length === 1) only.failed(error);
      else for (const single of group) await this.settle(key, [single]);
    }
  }
}
