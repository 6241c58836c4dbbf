/** The token that scrapers read `/metrics` with, where one is configured. */
export class MetricsToken {
  constructor(readonly value: Buffer | null) {}
}
