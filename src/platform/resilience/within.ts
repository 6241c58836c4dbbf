/**
 * Waits for an answer, but no longer. Where this process was busy the answer may have come and not have been read: what has come by the end is taken.
 * @param late what is thrown instead of an answer
 */
export function within<T>(ms: number, answer: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(late());
    const timer = setTimeout(() => setImmediate(() => setImmediate(giveUp)), ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
