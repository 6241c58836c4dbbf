import type { IndicatorDocument } from './indicator.js';
import { readIndicatorDocument } from './indicator-document.js';
import type { MatcherCompiler } from './stix/compile-test.js';

/** Reads the text of a feed. @throws IndicatorError where it is not what is expected. */
export type FeedReader = (text: string, compile: MatcherCompiler) => IndicatorDocument;

/** The text of a feed and what tells this version of it from others (an ETag, a time of change). */
export interface FeedContent {
  readonly text: string;
  readonly version: string | null;
}

/** Where indicators come from: a file, a server. */
export abstract class ThreatIntelFeed {
  /** Name by which users know the source; without credentials. */
  abstract readonly name: string;

  /** What the text is read with. */
  readonly reader: FeedReader = readIndicatorDocument;

  /**
   * Reads the feed.
   * @param known version of the content that the caller has.
   * @returns `undefined` where that is still the content.
   * @throws Error where the feed cannot be read, is too large or does not answer in time.
   */
  abstract read(known: string | null, signal: AbortSignal): Promise<FeedContent | undefined>;
}

/** Most bytes of a feed. */
export const MOST_FEED_BYTES = 32 * 1024 * 1024;
