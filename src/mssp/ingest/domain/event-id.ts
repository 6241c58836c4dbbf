/** The two parts of an event's id, `{batch_id}.{index}`. */
export interface EventIdParts {
  /** UUID v7 of the batch: its first 48 bits are the time of arrival. */
  readonly batchId: string;
  /** Position in the request, counted from 0. */
  readonly index: number;
  /** Arrival of the batch, milliseconds since the epoch. */
  readonly receivedAt: number;
}

const EVENT_ID = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.(0|[1-9]\d{0,6})$/;

/** Id of the event at a position of a batch. */
export function eventIdOf(batchId: string, index: number): string {
  return `${batchId}.${index}`;
}

/** Takes an event id apart; `undefined` for anything that is not one. */
export function parseEventId(text: string): EventIdParts | undefined {
  const match = EVENT_ID.exec(text);
  if (!match) return undefined;
  const [, high = '', low = '', index = ''] = match;
  return { batchId: text.slice(0, text.indexOf('.')), index: Number(index), receivedAt: Number.parseInt(high + low, 16) };
}
