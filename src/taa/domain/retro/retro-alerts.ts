import type { TenantId } from '../../../contracts/tenant.js';
import type { PastHit } from './past-matcher.js';
import type { RetroMatch } from './retro-match.js';

/** Where alerts are raised for what was found afterwards. */
export abstract class RetroAlerts {
  /** Raises an alert for each hit, or none where the same indicator has raised one for the same event before. */
  abstract raise(tenant: TenantId, cause: RetroMatch, hits: readonly PastHit[]): Promise<void>;
}
