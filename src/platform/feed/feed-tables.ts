/** The feed's part of a tenant's database. */
export interface FeedTables {
  /**
   * What a transaction changed: entries `first` to `last` as a JSON list. Pages follow each other without gaps, in the order in which their
   * transactions were committed: a tenant's writers exclude one another. `at` is milliseconds since the epoch.
   */
  feed_page: { last: number; first: number; at: number; mark: string; entries: string };
}
