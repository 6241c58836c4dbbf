/** Why a signature is not taken. Told to operators (log, metric), never to the caller. */
export const REFUSALS = [
  'unsigned',
  'malformed',
  'repeated_header',
  'ambiguous_target',
  'not_covered',
  'unknown_key',
  'out_of_time',
  'wrong_digest',
  'wrong_signature',
  'replayed',
] as const;

export type Refusal = (typeof REFUSALS)[number];

/** A message whose signature is not taken. */
export class SignatureRefused extends Error {
  override readonly name = 'SignatureRefused';

  constructor(readonly reason: Refusal) {
    super(reason);
  }
}
