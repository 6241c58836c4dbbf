import type { Clock } from '../clock/clock.js';
import type { SecretRing } from '../secrets/secret-ring.js';
import { issueApiKey, type IssuedKey, type KeyRequest } from './issue-api-key.js';

/** Makes API keys of this installation: under its pepper, for its environment, and for no longer than it allows. */
export class KeyIssuer {
  constructor(
    private readonly pepper: SecretRing,
    private readonly environment: 'development' | 'production',
    /** Days that a key may live at most. */
    readonly maxDays: number,
    private readonly clock: Clock,
  ) {}

  issue(request: Omit<KeyRequest, 'environment'>): IssuedKey {
    return issueApiKey(this.pepper.current, { ...request, environment: this.environment }, this.clock.isoNow());
  }
}
