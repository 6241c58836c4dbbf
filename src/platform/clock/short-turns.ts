import { setImmediate as turn } from 'node:timers/promises';

/** How long one piece of work may keep a thread to itself, in milliseconds: others wait for a few such turns and no longer. */
const LONGEST_TURN_MS = 0.5;

/** Asked again and again in the middle of long work: answers something to wait for once others are to have their turn. */
export type Breather = () => Promise<void> | undefined;

/** Begins a piece of work that shares its thread. */
export function shortTurns(longestMs = LONGEST_TURN_MS): Breather {
  let begun = performance.now();
  return () => {
    if (performance.now() - begun < longestMs) return undefined;
    return turn().then(() => {
      begun = performance.now();
    });
  };
}
