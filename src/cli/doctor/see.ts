import type { Seen } from './rules/check.js';

/** Looks at something; where that fails, says why. */
export async function see<T>(look: () => T | Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { code?: unknown } };
    return { trouble: `it could not be looked at: ${typeof cause?.code === 'string' ? cause.code : message}` };
  }
}
