import { v7 as uuidv7 } from 'uuid';

const ACCEPTED = /^[A-Za-z0-9._:-]{1,128}$/;

/** The correlation id that a request carries, where it is well-formed, else a new one. */
export function correlationIdFrom(header: string | string[] | undefined): string {
  return typeof header === 'string' && ACCEPTED.test(header) ? header : `req-${uuidv7()}`;
}
