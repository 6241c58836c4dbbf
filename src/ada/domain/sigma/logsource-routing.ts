import type { EventOrigin } from '../../../contracts/security-event.js';
import {
  LINUX_SERVICES,
  PRODUCTLESS_WINDOWS_CATEGORIES,
  WINDOWS_CATEGORIES,
  WINDOWS_SERVICES,
  type WindowsEvents,
} from './logsource-table.js';
import type { Logsource } from './sigma-rule.js';

/**
 * Tells whether a rule's log source means events of an origin. What the logsource names must all hold; what it leaves out may be anything.
 * Windows categories and services are looked up as channels and event ids, everything else is compared by name.
 */
export function acceptsOrigin(logsource: Logsource, origin: EventOrigin): boolean {
  if (logsource.product !== undefined && logsource.product !== origin.product) return false;
  return acceptsCategory(logsource, origin) && acceptsService(logsource, origin);
}

function acceptsCategory(logsource: Logsource, origin: EventOrigin): boolean {
  const { category } = logsource;
  if (category === undefined || category === origin.category) return true;
  const onWindows = logsource.product === 'windows' || (logsource.product === undefined && PRODUCTLESS_WINDOWS_CATEGORIES.has(category));
  if (!onWindows || origin.product !== 'windows' || !Object.hasOwn(WINDOWS_CATEGORIES, category)) return false;
  return WINDOWS_CATEGORIES[category]?.some((events) => isAmong(events, origin)) ?? false;
}

function acceptsService(logsource: Logsource, origin: EventOrigin): boolean {
  const { service } = logsource;
  if (service === undefined || service === origin.service) return true;
  if (origin.product === 'windows') return lookup(WINDOWS_SERVICES, service).includes(origin.channel ?? '');
  if (origin.product === 'linux') return lookup(LINUX_SERVICES, service).includes(origin.service ?? '');
  return false;
}

function isAmong(events: WindowsEvents, origin: EventOrigin): boolean {
  if (origin.eventId === undefined || !events.eventIds.includes(origin.eventId)) return false;
  if (!events.channels.includes(origin.channel ?? '')) return false;
  return events.eventTypes === undefined || events.eventTypes.includes(origin.eventType?.toLowerCase() ?? '');
}

function lookup(table: Readonly<Record<string, readonly string[]>>, name: string): readonly string[] {
  return Object.hasOwn(table, name) ? (table[name] ?? []) : [];
}
