import { SomeOf } from '../http/list-filter.js';
import { FEED_TYPES, type FeedType } from './feed-types.js';

/** What of the feed is to be heard. */
export class StreamQuery {
  /** Left out, everything that the credential may read. */
  @SomeOf(FEED_TYPES)
  types?: FeedType[];
}
