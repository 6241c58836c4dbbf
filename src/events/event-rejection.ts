export type EventRejectionCode = 'malformed_json' | 'not_an_object' | 'empty_object' | 'too_deep' | 'too_large' | 'unsupported_shape';

/** Why one event of a request was not taken. `detail` is for people and quotes nothing of the event. */
export interface EventRejection {
  readonly index: number;
  readonly code: EventRejectionCode;
  readonly detail: string;
}
