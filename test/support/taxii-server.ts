import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Readonly<Record<string, unknown>>;

const MEDIA_TYPE = 'application/taxii+json;version=2.1';

interface Entry {
  readonly added: string;
  readonly object: Json;
}

interface Collection {
  readonly id: string;
  readonly alias?: string;
  readonly canRead: boolean;
  readonly entries: Entry[];
}

/**
 * A server of TAXII 2.1 with one API root, as far as a reader meets it: collections and their objects, by `added_after`, `match[type]`, `limit` and `next`;
 * 401 without the right credential, 404 for what is not there, 406 for another media type than its own, 400 for what cannot be read.
 */
export class TaxiiServer {
  /** What was asked for, with the headers that matter. */
  readonly asked: { readonly url: string; readonly authorization: string | undefined }[] = [];
  readonly collections: Collection[] = [];
  /** Where set, the header `Authorization` that is asked for. */
  credential: string | undefined;
  /** Most objects of a page, whatever is asked for. */
  pageSize = 2;
  /** Answers in place of the server, where it answers true. */
  fault: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  private readonly positions = new Map<
    string,
    { readonly collection: Collection; readonly from: number; readonly types: string[] | undefined; readonly after: string }
  >();
  private seconds = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TaxiiServer> {
    const server = createServer((request, response) => taxii.answer(request, response));
    const taxii = new TaxiiServer(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return taxii;
  }

  /** URL of the API root. */
  get root(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api1/`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  addCollection(id: string, more: Partial<Pick<Collection, 'alias' | 'canRead'>> = {}): void {
    this.collections.push({ id, canRead: true, entries: [], ...more });
  }

  /** Adds objects, each a second after the one before. */
  add(collection: string, ...objects: Json[]): void {
    const { entries } = this.collections.find(({ id }) => id === collection)!;
    for (const object of objects) entries.push({ added: new Date(Date.UTC(2026, 0, 1, 0, 0, this.seconds++)).toISOString(), object });
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { authorization, accept } = request.headers;
    this.asked.push({ url: request.url ?? '', authorization });
    if (this.fault(request, response)) return;
    if (this.credential !== undefined && authorization !== this.credential) return refuse(response, 401);
    if (accept !== MEDIA_TYPE && accept !== 'application/taxii+json') return refuse(response, 406);
    const url = new URL(request.url ?? '', this.root);
    if (url.pathname === '/api1/collections/') return send(response, { collections: this.collections.map(shown) });
    const id = /^\/api1\/collections\/([^/]+)\/objects\/$/.exec(url.pathname)?.[1];
    const collection = this.collections.find((each) => id !== undefined && (each.id === id || each.alias === id));
    if (collection === undefined) return refuse(response, 404);
    if (!collection.canRead) return refuse(response, 403);
    this.sendObjects(collection, url.searchParams, response);
  }

  private sendObjects(collection: Collection, query: URLSearchParams, response: ServerResponse): void {
    const next = query.get('next');
    const after = query.get('added_after') ?? '';
    const limit = Number(query.get('limit') ?? this.pageSize);
    const types = query.get('match[type]')?.split(',');
    const position = next === null ? { collection, from: 0, types, after } : this.positions.get(next);
    const isTime = after === '' || !Number.isNaN(Date.parse(after));
    const isSame = position?.collection === collection && position.after === after && position.types?.join() === types?.join();
    if (!isTime || !Number.isInteger(limit) || limit < 1 || position === undefined || !isSame) return refuse(response, 400);
    const wanted = collection.entries.filter(
      ({ added, object }) => added > after && (types === undefined || types.includes(String(object['type']))),
    );
    const page = wanted.slice(position.from, position.from + Math.min(limit, this.pageSize));
    const end = position.from + page.length;
    const more = end < wanted.length;
    const following = `p${this.positions.size + 1}`;
    if (more) this.positions.set(following, { ...position, from: end });
    if (page.length > 0) {
      response.setHeader('X-TAXII-Date-Added-First', page[0]!.added);
      response.setHeader('X-TAXII-Date-Added-Last', page.at(-1)!.added);
    }
    send(response, page.length === 0 ? {} : { more, ...(more && { next: following }), objects: page.map(({ object }) => object) });
  }
}

function shown({ id, alias, canRead }: Collection): Json {
  return {
    id,
    title: id,
    ...(alias !== undefined && { alias }),
    can_read: canRead,
    can_write: false,
    media_types: ['application/stix+json;version=2.1'],
  };
}

function send(response: ServerResponse, body: Json): void {
  response.setHeader('Content-Type', MEDIA_TYPE).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number): void {
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="taxii"');
  response.writeHead(status, { 'Content-Type': MEDIA_TYPE }).end(JSON.stringify({ title: String(status), http_status: String(status) }));
}
