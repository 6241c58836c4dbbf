import { FactSheet } from '../event-facts.js';
import type { EventShape } from '../event-shape.js';
import { readPath } from '../field-path.js';
import { objectMember, type JsonObject } from '../json-object.js';
import { sourceName, sourceOrigin } from '../origin-cache.js';
import { firstTime } from '../parse-time.js';
import { explicitIdentity } from './generic.js';

/** Suricata's EVE log; the Sigma service is its `event_type`. A flow has many events, so only an explicit id is an identity. */
export const suricata: EventShape = {
  format: () => 'suricata',
  origin: (event) => sourceOrigin('suricata', sourceName(event['event_type'])),
  time: (event) => firstTime(event['timestamp'], event['@timestamp']),
  identity: explicitIdentity,
  fields: (event) => event,
  facts: (event) =>
    new FactSheet()
      .set('action', readPath(event, 'alert.signature'), event['event_type'])
      .set('host', typeof event['host'] === 'string' ? event['host'] : undefined)
      .set('src_ip', event['src_ip'])
      .set('dst_ip', event['dest_ip'])
      .port(event['dest_port'])
      .set('domain', readPath(event, 'dns.rrname'), readPath(event, 'http.hostname'), readPath(event, 'tls.sni'))
      .set('url', readPath(event, 'http.url'))
      .set('file', readPath(event, 'fileinfo.filename'))
      .hashes(hashes(event)).facts,
  terms: (event, terms) => {
    terms.ip(event['src_ip']);
    terms.ip(event['dest_ip']);
    if (typeof event['host'] === 'string') terms.host(event['host']);
    for (const hash of hashes(event)) terms.hash(hash);
  },
};

/** Tells whether an event is Suricata's by its shape. */
export function isSuricata(event: JsonObject): boolean {
  return (
    typeof event['event_type'] === 'string' &&
    (event['flow_id'] !== undefined || objectMember(event, 'alert') !== undefined || event['in_iface'] !== undefined)
  );
}

function hashes(event: JsonObject): string[] {
  const file = objectMember(event, 'fileinfo');
  return file === undefined ? [] : [file['md5'], file['sha1'], file['sha256']].filter((value) => typeof value === 'string');
}
