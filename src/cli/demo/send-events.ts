import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../client/api-client.js';
import type { EventSupply } from './event-batch.js';
import type { EventLabel } from './generator/generated-event.js';
import type { ProgressLine } from './progress-line.js';

const LINE_END = Buffer.from('\n');

/** What became of the events sent. */
export interface Sent {
  received: number;
  accepted: number;
  duplicates: number;
  rejected: number;
  uninspected: number;
  bytes: number;
  /** Labels of attack events by event id; only where the supply knows the truth. */
  readonly attackEvents: Map<string, EventLabel>;
}

interface IngestAnswer {
  readonly batch_id: string;
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number }[];
  readonly inspected: boolean;
}

/** Sends all batches, a few at a time, and adds up the answers. @throws ApiError at the first request that fails for good. */
export async function sendEvents(client: ApiClient, supply: EventSupply, progress: ProgressLine): Promise<Sent> {
  const sent: Sent = { received: 0, accepted: 0, duplicates: 0, rejected: 0, uninspected: 0, bytes: 0, attackEvents: new Map() };
  const underWay = new Set<Promise<void>>();
  for await (const { source, lines, labels } of supply.batches()) {
    const body = Buffer.concat(lines.flatMap((line) => [line, LINE_END]));
    const request = client.ingest<IngestAnswer>(source, body, randomUUID()).then((answer) => {
      add(sent, answer, body.length);
      for (const [index, label] of (labels ?? []).entries()) if (label.attack) sent.attackEvents.set(`${answer.batch_id}.${index}`, label);
      progress.show(sent.received, `${sent.received.toLocaleString('en')} events`);
      underWay.delete(request);
    });
    underWay.add(request);
    if (underWay.size >= supply.inFlight) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return sent;
}

function add(sent: Sent, answer: IngestAnswer, bytes: number): void {
  sent.received += answer.received;
  sent.accepted += answer.accepted;
  sent.duplicates += answer.duplicates;
  sent.rejected += answer.rejected.length;
  sent.uninspected += answer.inspected ? 0 : answer.accepted;
  sent.bytes += bytes;
}
