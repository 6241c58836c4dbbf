import { basename } from 'node:path';
import type { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import type { OutboundPolicies } from '../../platform/resilience/outbound-policies.js';
import type { SecretChain } from '../../platform/secrets/secret-chain.js';
import { readCsvList } from '../domain/csv-list.js';
import { boundedDocument, readIndicatorDocument, usableList } from '../domain/indicator-document.js';
import type { FeedReader, ThreatIntelFeed } from '../domain/threat-intel-feed.js';
import type { ConfiguredFeed, FeedCredential } from '../feeds-file.js';
import { type Authorization, basicAuthorization, FeedRequests } from './feed-requests.js';
import { FileFeed } from './file-feed.js';
import { HttpFeed } from './http-feed.js';
import { MispFeed } from './misp-feed.js';
import { TaxiiFeed } from './taxii-feed.js';

const MAX_NAME = 180;

/** What feeds are made with. */
export interface FeedParts {
  readonly outbound: OutboundHttp;
  readonly policies: OutboundPolicies;
  /** Where the secrets are that feeds name. */
  readonly secrets: Pick<SecretChain, 'find'>;
}

/**
 * The feeds of a configuration: of places, which are http or https URLs, else paths of files, and of the file of feeds. Each has a name of its own, without
 * credentials.
 */
export function makeFeeds(places: readonly string[], configured: readonly ConfiguredFeed[], parts: FeedParts): ThreatIntelFeed[] {
  const names = new Map<string, number>(configured.map(({ name }) => [name, 1]));
  const ofPlaces = places.map((place) => {
    const url = /^https?:\/\//i.test(place) ? URL.parse(place) : null;
    const name = url === null ? `file:${basename(place)}` : `${url.protocol}//${url.host}${url.pathname}`;
    const short = name.slice(0, MAX_NAME);
    const count = (names.get(short) ?? 0) + 1;
    names.set(short, count);
    const unique = count === 1 ? short : `${short} (${count})`;
    return url === null ? new FileFeed(unique, place) : new HttpFeed(unique, url, requestsOf(unique, parts));
  });
  return [...ofPlaces, ...configured.map((feed) => makeFeed(feed, parts))];
}

function makeFeed(feed: ConfiguredFeed, parts: FeedParts): ThreatIntelFeed {
  const { name } = feed;
  if ('path' in feed) return new FileFeed(name, feed.path, readerOf(feed));
  const requests = requestsOf(name, parts, feed.auth);
  const url = new URL(feed.url);
  if (feed.kind === 'taxii') return new TaxiiFeed(name, url, requests, feed.collections);
  if (feed.kind === 'misp') return new MispFeed(name, url, requests);
  return new HttpFeed(name, url, requests, readerOf(feed));
}

function readerOf(feed: ConfiguredFeed): FeedReader {
  return feed.kind === 'csv' ? (text) => boundedDocument(usableList(readCsvList(text, feed))) : readIndicatorDocument;
}

function requestsOf(name: string, { outbound, policies, secrets }: FeedParts, credential?: FeedCredential): FeedRequests {
  return new FeedRequests(name, outbound, policies, credential && authorizationOf(credential, secrets));
}

function authorizationOf(credential: FeedCredential, secrets: FeedParts['secrets']): Authorization {
  if ('username' in credential)
    return async () => basicAuthorization(credential.username, await secretOf(credential.password_secret, secrets));
  return async () => {
    const token = await secretOf(credential.token_secret, secrets);
    return credential.scheme === 'none' ? token : `Bearer ${token}`;
  };
}

/** The newest version of a secret. @throws Error, which does not hold the value, where there is none or it cannot be sent. */
async function secretOf(name: string, secrets: FeedParts['secrets']): Promise<string> {
  const found = await secrets.find(name);
  const value = found?.versions
    .find(({ state, bytes }) => state === 'enabled' && bytes !== null)
    ?.bytes?.toString('utf8')
    .trim();
  if (value === undefined || value === '') throw new Error(`the secret ${name} is missing`);
  if (!/^[\x20-\x7e]+$/.test(value)) throw new Error(`the secret ${name} cannot be sent in a header`);
  return value;
}
