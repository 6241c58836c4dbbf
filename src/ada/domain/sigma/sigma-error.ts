/** Names and indexes that lead from a document's top to one of its parts. */
export type DocumentPath = readonly (string | number)[];

/** Says why a rule cannot be used. The message is shown to whoever wrote the rule, so it names what is wrong in the rule's own words. */
export class SigmaError extends Error {
  override readonly name = 'SigmaError';

  /** @param path the part of the document that is wrong, as far as it is known */
  constructor(
    message: string,
    readonly path: DocumentPath = [],
  ) {
    super(message);
  }
}

/**
 * Reads a part of a document; what is wrong in it is told with the part's place, and with `said` before the reason.
 * @throws SigmaError as `read` does
 */
export function readPart<T>(path: DocumentPath, said: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SigmaError)) throw error;
    throw new SigmaError(said === '' ? error.message : `${said}: ${error.message}`, [...path, ...error.path]);
  }
}
