import type { EventOrigin } from '../../contracts/security-event.js';
import type { JsonObject } from '../json-object.js';

/** Bits of `Keywords` with which the Security channel marks audit success and failure. */
const AUDIT_FAILURE = /^0x80?1/i;
const AUDIT_SUCCESS = /^0x80?2/i;
const FAILED = new Set([4625, 4771, 4776]);

/** Whether what a Security event tells of succeeded; `undefined` where the event does not tell. */
export function outcomeOf(origin: EventOrigin, fields: JsonObject): boolean | undefined {
  if (origin.channel !== 'security' || origin.eventId === undefined) return undefined;
  if (origin.eventId === 4624) return true;
  const { EventType: type, Keywords: keywords } = fields;
  if (type === 'AUDIT_SUCCESS') return true;
  if (type === 'AUDIT_FAILURE') return false;
  if (typeof keywords === 'string') {
    if (AUDIT_FAILURE.test(keywords)) return false;
    if (AUDIT_SUCCESS.test(keywords)) return true;
  }
  return FAILED.has(origin.eventId) && fields['Status'] !== '0x0' ? false : undefined;
}
