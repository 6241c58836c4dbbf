import type { SigmaRule } from '../../src/ada/domain/sigma/sigma-rule.ts';
import { bytesInUse } from './bytes-in-use.ts';

const TENANTS = 1_000;

/** Bytes that one further tenant adds to a detector that all tenants share, once it has sent one event. */
export async function idleTenantBytes(rules: readonly SigmaRule[], line: string): Promise<number> {
  const at = (path: string): string => new URL(`../../dist/${path}`, import.meta.url).href;
  const { SigmaDetector } = (await import(
    at('ada/domain/sigma/sigma-detector.js')
  )) as typeof import('../../src/ada/domain/sigma/sigma-detector.ts');
  const { toTenantId } = (await import(at('contracts/tenant.js'))) as typeof import('../../src/contracts/tenant.ts');
  const { isRejection, parseEvent } = (await import(at('events/parse-event.js'))) as typeof import('../../src/events/parse-event.ts');
  const event = parseEvent(line, { index: 0, declared: 'auto', receivedAt: 0 });
  if (isRejection(event)) throw new Error('the first line is not an event');
  const detector = new SigmaDetector(rules);
  detector.init();
  detector.inspect(toTenantId('tenant-first'), [event]);
  const before = bytesInUse();
  for (let tenant = 0; tenant < TENANTS; tenant++) detector.inspect(toTenantId(`tenant-${tenant}`), [event]);
  const after = bytesInUse();
  detector.destroy();
  return Math.max(0, after - before) / TENANTS;
}
