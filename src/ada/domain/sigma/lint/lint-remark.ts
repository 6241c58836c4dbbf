import type { DocumentPath } from '../sigma-error.js';

/** Something about a rule that does not keep it from being used, and that its author will want to know. */
export interface LintRemark {
  /** The part of the document that it is about. */
  readonly path: DocumentPath;
  readonly reason: string;
}
