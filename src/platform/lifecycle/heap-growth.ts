import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 weigh what lies outside its heap, such as the bodies of requests, together with the heap, instead of marking the whole heap each time that so
 * many bytes of bodies have come: with large bodies that is several times a second, and everybody waits meanwhile. Threads that start later follow.
 */
export function weighBodiesWithHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}
