import type { DocumentPath } from './sigma-error.js';

/** A document that was read and cannot be put in force. */
export interface RefusedRule<R> {
  readonly rule: R;
  readonly reason: string;
  /** The part of the document that is wrong, as far as it is known. */
  readonly path: DocumentPath;
}
