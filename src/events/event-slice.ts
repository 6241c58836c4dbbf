/** Where one event lies in a request body: bytes `start` (inclusive) to `end` (exclusive). */
export interface EventSlice {
  /** Position among the events of the request, from 0. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
}
