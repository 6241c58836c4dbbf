import type { ResourceLimits } from 'node:worker_threads';

/** A thread that runs out of memory ends by itself only where a collection of young objects adds less than 16 MiB to the old ones; else it takes the process along. */
const YOUNG_MIB = 48;

/** Limits of a thread's heap, so that what exhausts it ends the thread and not the process. @param oldMiB V8's own where it is left out. */
export function heapLimits(oldMiB?: number): ResourceLimits {
  return { maxYoungGenerationSizeMb: YOUNG_MIB, ...(oldMiB === undefined ? {} : { maxOldGenerationSizeMb: oldMiB }) };
}
