import { UnusableAnswer } from '../../platform/outbound/unusable-answer.js';
import { type FeedContent, MOST_FEED_BYTES, ThreatIntelFeed } from '../domain/threat-intel-feed.js';
import type { FeedAnswer, FeedRequests } from './feed-requests.js';

type Json = Readonly<Record<string, unknown>>;

/** Media type of requests and answers (TAXII 2.1 section 1.6.8). */
const TAXII = 'application/taxii+json;version=2.1';
const ANSWERED = /^application\/taxii\+json\s*(?:;\s*(?:version="?2\.1"?|charset=[\w-]+)\s*)*$/i;
const MOST_COLLECTIONS = 100;
const MOST_PAGES = 2_000;
const MOST_OBJECTS = 200_000;
const PAGE = 1_000;
/** After so many readings all is read anew, so that what a server has deleted goes. */
const READINGS_UNTIL_ANEW = 24;
const TYPES = 'indicator,marking-definition';

/** What is known of a collection. */
interface Known {
  /** By id, the version last modified. */
  readonly objects: Map<string, Json>;
  /** When the newest object that was read had been added; null before the first. */
  addedAfter: string | null;
}

/**
 * The indicators of collections on a server of TAXII 2.1 (OASIS Standard 2021): of those that are named by id or alias, or of all that may be read. After the
 * first reading only what was added since is asked for (`added_after`), page by page (`next`). A reading that fails half way leaves what was known.
 */
export class TaxiiFeed extends ThreatIntelFeed {
  private known = new Map<string, Known>();
  private readings = 0;

  /**
   * @param root URL of the API root.
   * @param collections ids or aliases; none for all that may be read.
   */
  constructor(
    readonly name: string,
    private readonly root: URL,
    private readonly requests: FeedRequests,
    private readonly collections: readonly string[] = [],
    private readonly mostBytes = MOST_FEED_BYTES,
  ) {
    super();
  }

  async read(known: string | null, signal: AbortSignal): Promise<FeedContent | undefined> {
    const isAnew = known === null || this.readings % READINGS_UNTIL_ANEW === 0;
    const before = isAnew ? new Map<string, Known>() : this.known;
    const after = new Map<string, Known>();
    const budget = { bytes: this.mostBytes, pages: MOST_PAGES };
    for (const id of await this.idsOf(signal)) {
      const { objects, addedAfter } = before.get(id) ?? { objects: new Map<string, Json>(), addedAfter: null };
      const collection = { objects: new Map(objects), addedAfter };
      await this.readCollection(id, collection, budget, signal);
      after.set(id, collection);
    }
    const objects = [...after.values()].flatMap((collection) => [...collection.objects.values()]);
    if (objects.length > MOST_OBJECTS) throw new UnusableAnswer(`the collections have more than ${MOST_OBJECTS} indicators`);
    this.known = after;
    this.readings++;
    return { text: JSON.stringify({ type: 'bundle', objects }), version: `taxii ${this.readings}` };
  }

  /** The collections to read, in order. @throws UnusableAnswer where one that is named is not there. */
  private async idsOf(signal: AbortSignal): Promise<string[]> {
    const { body } = await this.get(this.at('collections/'), signal);
    const listed = listOf(body['collections']).filter(isRecord);
    const readable = listed.filter(({ can_read: canRead }) => canRead === true);
    const named = this.collections.map((wanted) => {
      const found = readable.find(({ id, alias }) => id === wanted || alias === wanted);
      if (found === undefined) throw new UnusableAnswer(`there is no collection ${wanted.slice(0, 80)} that may be read`);
      return String(found['id']);
    });
    return (named.length > 0 ? named : readable.map(({ id }) => String(id))).slice(0, MOST_COLLECTIONS);
  }

  private async readCollection(
    id: string,
    collection: Known,
    budget: { bytes: number; pages: number },
    signal: AbortSignal,
  ): Promise<void> {
    let next: string | undefined;
    let since = collection.addedAfter;
    for (;;) {
      if (budget.pages-- <= 0) throw new UnusableAnswer(`the collections have more than ${MOST_PAGES} pages`);
      const { body, headers, bytes } = await this.get(this.pageOf(id, since, next), signal);
      if ((budget.bytes -= bytes) < 0) throw new UnusableAnswer(`the answers together are larger than ${this.mostBytes} bytes`);
      for (const object of listOf(body['objects']).filter(isRecord)) keepLatest(collection.objects, object);
      const last = String(headers['x-taxii-date-added-last'] ?? '');
      if (last > (collection.addedAfter ?? '')) collection.addedAfter = last;
      if (body['more'] !== true) return;
      const following = typeof body['next'] === 'string' ? body['next'] : undefined;
      if (following === undefined) since = laterThan(since, collection.addedAfter);
      else if (following === next) throw new UnusableAnswer('a page is followed by itself');
      next = following;
    }
  }

  private pageOf(id: string, since: string | null, next: string | undefined): URL {
    const url = this.at(`collections/${encodeURIComponent(id)}/objects/`);
    url.searchParams.set('match[type]', TYPES);
    url.searchParams.set('limit', String(PAGE));
    if (since !== null) url.searchParams.set('added_after', since);
    if (next !== undefined) url.searchParams.set('next', next);
    return url;
  }

  private at(path: string): URL {
    const url = new URL(this.root);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
    return url;
  }

  private async get(url: URL, signal: AbortSignal): Promise<{ body: Json; headers: FeedAnswer['headers']; bytes: number }> {
    const { headers, body } = await this.requests.get({ url, accept: TAXII, signal });
    if (!ANSWERED.test(headers['content-type'] ?? '')) throw new UnusableAnswer('the answer is not of TAXII 2.1');
    let parsed: unknown;
    try {
      parsed = JSON.parse(body);
    } catch {
      throw new UnusableAnswer('the answer is not JSON');
    }
    if (!isRecord(parsed)) throw new UnusableAnswer('the answer is no object');
    return { body: parsed, headers, bytes: body.length };
  }
}

/** Where a server does not say what is behind a page, it is what was added after it (TAXII 2.1 section 3.4). */
function laterThan(since: string | null, addedAfter: string | null): string | null {
  if (addedAfter === since) throw new UnusableAnswer('a page has more behind it and does not say where');
  return addedAfter;
}

function keepLatest(objects: Map<string, Json>, object: Json): void {
  const id = String(object['id']);
  const before = objects.get(id);
  if (before === undefined || modifiedOf(object) >= modifiedOf(before)) objects.set(id, object);
}

function modifiedOf({ modified }: Json): string {
  return typeof modified === 'string' ? modified : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
