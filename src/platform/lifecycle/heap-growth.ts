import { setFlagsFromString } from 'node:v8';

/** A collection of everything is due when so much has come on top of what the last one left. The most that V8 itself lets a heap grow by. */
const GROWING_PERCENT = 300;

/**
 * Has V8 collect seldom while large bodies come and go. What lies outside its heap, such as bodies, is weighed together with the heap, instead of
 * having the whole heap marked each time that so many bytes of bodies have come; and heap and bodies may grow to four times what is in use. Else the whole
 * heap is marked with each large body, and everybody waits meanwhile. Threads that start later follow.
 */
export function collectSeldom(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
