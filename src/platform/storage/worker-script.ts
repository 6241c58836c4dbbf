import { fileURLToPath } from 'node:url';

/**
 * Path of a worker thread's script in the build, given relative to the build's root: threads run compiled JavaScript,
 * also when their owner runs from source.
 */
export function workerScript(relativePath: string): string {
  return fileURLToPath(new URL(`../../../dist/${relativePath}`, import.meta.url));
}
