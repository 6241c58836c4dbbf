import { basename } from 'node:path';
import type { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import type { OutboundPolicies } from '../../platform/resilience/outbound-policies.js';
import type { ThreatIntelFeed } from '../domain/threat-intel-feed.js';
import { FileFeed } from './file-feed.js';
import { HttpFeed } from './http-feed.js';

const MAX_NAME = 180;

/** The feeds that configured places stand for: http or https URLs, else paths of files. Each has a name of its own, without credentials. */
export function makeFeeds(places: readonly string[], outbound: OutboundHttp, policies: OutboundPolicies): ThreatIntelFeed[] {
  const names = new Map<string, number>();
  return places.map((place) => {
    const url = /^https?:\/\//i.test(place) ? URL.parse(place) : null;
    const name = url === null ? `file:${basename(place)}` : `${url.protocol}//${url.host}${url.pathname}`;
    const short = name.slice(0, MAX_NAME);
    const count = (names.get(short) ?? 0) + 1;
    names.set(short, count);
    const unique = count === 1 ? short : `${short} (${count})`;
    return url === null ? new FileFeed(unique, place) : new HttpFeed(unique, url, outbound, policies);
  });
}
