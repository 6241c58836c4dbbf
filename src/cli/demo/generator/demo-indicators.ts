import { COMMAND_AND_CONTROL, MALIGNED_SITE } from './sites.js';

/**
 * The demo's threat feed as a plain list, one indicator an entry. Like any feed it knows some of the truth: the domain of the intruder's
 * command and control, not its address and nothing of the cloud side; and it holds entries that are wrong or never seen.
 */
export function demoIndicators(): string[] {
  return [COMMAND_AND_CONTROL.domain, MALIGNED_SITE.domain, 'invoice-portal.example.net', '203.0.113.201'];
}
