import type { Alert } from '../../../contracts/alert.js';

const WITHHELD = 'An indicator marked TLP:RED was seen';
const REASON = 'what it is, who says so and what it was seen on is shown here to its recipients alone, and not sent on';

/**
 * An alert as it may leave the platform. Of one that an indicator marked TLP:RED raised, what tells of the indicator and what it was seen in are left out:
 * such information is for its individual recipients and for nobody else (TLP 2.0, FIRST 2022, section 4). Those may look the alert up by its id.
 */
export function leavingAlert(alert: Alert): Alert {
  if (alert.indicator_tlp !== 'red') return alert;
  return { ...alert, title: WITHHELD, reason: REASON, rule: { ...alert.rule, title: WITHHELD, author: '' }, entities: [] };
}
