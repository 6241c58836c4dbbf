import type { SecretRing } from '../secrets/secret-ring.js';

/** The token that scrapers read `/metrics` with, where one is configured. */
export class MetricsToken {
  constructor(readonly value: SecretRing | null) {}
}
