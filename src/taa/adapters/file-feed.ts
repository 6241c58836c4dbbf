import { readFile, stat } from 'node:fs/promises';
import { readIndicatorDocument } from '../domain/indicator-document.js';
import { type FeedContent, type FeedReader, MOST_FEED_BYTES, ThreatIntelFeed } from '../domain/threat-intel-feed.js';

/** A feed in a file, which something else brings up to date. */
export class FileFeed extends ThreatIntelFeed {
  constructor(
    readonly name: string,
    private readonly path: string,
    override readonly reader: FeedReader = readIndicatorDocument,
  ) {
    super();
  }

  async read(known: string | null, signal: AbortSignal): Promise<FeedContent | undefined> {
    const { size, mtimeMs, ino } = await stat(this.path);
    if (size > MOST_FEED_BYTES) throw new Error(`the file is larger than ${MOST_FEED_BYTES} bytes`);
    const version = `${ino}.${size}.${mtimeMs}`;
    if (version === known) return undefined;
    return { text: await readFile(this.path, { encoding: 'utf8', signal }), version };
  }
}
