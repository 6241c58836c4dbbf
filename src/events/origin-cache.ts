import type { EventOrigin } from '../contracts/security-event.js';
import { BoundedMemo } from './bounded-memo.js';

const CAPACITY = 2_048;
const MAX_NAME = 128;

/** A name that a Sigma log source may hold: short, lower-cased, of the characters that such names are made of. */
export function sourceName(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length === 0 || value.length > 64) return undefined;
  const name = value.toLowerCase();
  return /^[a-z0-9][a-z0-9_.-]*$/.test(name) ? name : undefined;
}

const sources = new BoundedMemo<EventOrigin>(CAPACITY);

/** The origin of events that are routed by product, service and category; one object for all events of equal origin. */
export function sourceOrigin(product: string | undefined, service?: string, category?: string): EventOrigin {
  const key = `${product ?? ''}/${service ?? ''}/${category ?? ''}`;
  const known = sources.get(key);
  if (known !== undefined) return known;
  return sources.set(key, {
    key,
    ...(product === undefined ? {} : { product }),
    ...(service === undefined ? {} : { service }),
    ...(category === undefined ? {} : { category }),
  });
}

const channels = new BoundedMemo<BoundedOrigins>(512);

/** Origins of one channel by event id; emptied when full. */
class BoundedOrigins {
  readonly byId = new Map<number, EventOrigin>();
}

/**
 * The origin of a Windows event; one object for all events of equal channel, event id and event type.
 * @param channel as the event has it; compared and kept lower-cased
 * @param eventType of Sysmon's registry events, else `undefined`
 * @param category for events that name their Sigma category because they have no channel
 */
export function windowsOrigin(channel: string, eventId: number, eventType: string | undefined, category?: string): EventOrigin {
  if (eventType !== undefined || category !== undefined) return typedWindowsOrigin(channel, eventId, eventType, category);
  const origins = channels.get(channel) ?? channels.set(channel, new BoundedOrigins());
  const known = origins.byId.get(eventId);
  if (known !== undefined) return known;
  if (origins.byId.size >= CAPACITY) origins.byId.clear();
  const origin = makeWindowsOrigin(channel, eventId, undefined, undefined);
  origins.byId.set(eventId, origin);
  return origin;
}

const typed = new BoundedMemo<EventOrigin>(CAPACITY);

function typedWindowsOrigin(channel: string, eventId: number, eventType: string | undefined, category: string | undefined): EventOrigin {
  const key = `${channel}/${eventId}/${eventType ?? ''}/${category ?? ''}`;
  return typed.get(key) ?? typed.set(key, makeWindowsOrigin(channel, eventId, eventType, category));
}

function makeWindowsOrigin(rawChannel: string, eventId: number, eventType: string | undefined, category: string | undefined): EventOrigin {
  const channel = rawChannel.slice(0, MAX_NAME).toLowerCase();
  return {
    key: `windows/${channel}/${eventId}/${eventType ?? ''}/${category ?? ''}`,
    product: 'windows',
    ...(channel === '' ? {} : { channel }),
    ...(Number.isNaN(eventId) ? {} : { eventId }),
    ...(eventType === undefined ? {} : { eventType }),
    ...(category === undefined ? {} : { category }),
  };
}
