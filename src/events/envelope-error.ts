export type EnvelopeErrorCode =
  'malformed_json' | 'not_an_object' | 'unknown_field' | 'duplicate_field' | 'missing_field' | 'invalid_type' | 'too_deep' | 'too_many';

/** An ingest body that cannot be taken apart into events; the request as a whole is refused. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';

  /**
   * @param code what is wrong, for programs
   * @param detail what is wrong, for people; never quotes more of the body than a key
   * @param pointer JSON Pointer (RFC 6901) to the fault
   */
  constructor(
    readonly code: EnvelopeErrorCode,
    readonly detail: string,
    readonly pointer: string,
  ) {
    super(detail);
  }
}
