import type { EventOrigin } from '../../../contracts/security-event.js';
import type { OriginForm, SigmaRule } from './sigma-rule.js';

/**
 * Tells whether a rule means events of an origin. What its log source names must all hold; what that leaves out may be anything. A category or service
 * holds where the origin bears its name and product, or has one of the forms that the taxonomy says it means.
 */
export function acceptsOrigin({ logsource, means }: Pick<SigmaRule, 'logsource' | 'means'>, origin: EventOrigin): boolean {
  const { product, category, service } = logsource;
  const ofProduct = product === undefined || product === origin.product;
  if (category === undefined && service === undefined) return ofProduct;
  return (
    (category === undefined || (ofProduct && category === origin.category) || means.categories.some((form) => fits(form, origin))) &&
    (service === undefined || (ofProduct && service === origin.service) || means.services.some((form) => fits(form, origin)))
  );
}

function fits(form: OriginForm, origin: EventOrigin): boolean {
  return (
    form.product === origin.product &&
    isAmong(form.channels, origin.channel) &&
    isAmong(form.event_ids, origin.eventId) &&
    isAmong(form.event_types, origin.eventType?.toLowerCase()) &&
    isAmong(form.categories, origin.category) &&
    isAmong(form.services, origin.service)
  );
}

function isAmong<T>(wanted: readonly T[] | undefined, value: T | undefined): boolean {
  return wanted === undefined || (value !== undefined && wanted.includes(value));
}
