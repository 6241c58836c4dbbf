/** Resolves with `work`, or rejects once it has taken `limitMs` on a clock that is never set, or is cut; what it still does then is nobody's. */
export async function withinTime<T>(limitMs: number, work: () => Promise<T>, cut?: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done within ${limitMs} ms`)), limitMs);
  const end = (): void => reject(new Error('cut off before it was done'));
  cut?.addEventListener('abort', end);
  try {
    return await Promise.race([work(), promise]);
  } finally {
    clearTimeout(timer);
    cut?.removeEventListener('abort', end);
  }
}
