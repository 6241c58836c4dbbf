import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toTenantId } from '../../src/contracts/tenant.js';

export const TENANT = toTenantId('acme-corp');
export const RULE_ID = '2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9a01';
const MARK = 'rule-me';
const RULE = `title: Marked event
id: ${RULE_ID}
status: test
author: tests
logsource: { product: windows }
detection: { selection: { marker: '${MARK}' }, condition: selection }
level: high
`;

/** A directory with the one rule that matches every seventh event of the batches below. */
export function marksRule(): string {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-marks-'));
  writeFileSync(join(directory, 'marked.yml'), RULE);
  return directory;
}

/** A request of events, and what became of it. */
export interface Batch {
  readonly key: string;
  readonly events: readonly string[];
  /** Set once it is acknowledged. */
  batchId?: string;
}

/** Where a batch is sent, and with which key. */
export interface Receiver {
  readonly baseUrl: string;
  readonly apiKey: string;
}

interface Answer {
  readonly batch_id: string;
  readonly accepted: number;
  readonly duplicates: number;
  readonly inspected: boolean;
}

/** Batches of distinct events, and which of them were acknowledged. A batch that is sent again keeps its idempotency key. */
export class SentBatches {
  readonly all: Batch[] = [];
  private number = 0;

  /** @param first number of the first event; batches of one tenant from several of these must not share numbers. */
  constructor(private readonly first = 0) {}

  /** A batch of `size` events that nobody has sent before. */
  next(size: number): Batch {
    const events = Array.from({ length: size }, () => {
      const number = this.first + (this.number += 1);
      const marker = number % 7 === 0 ? `, "marker":"${MARK}"` : '';
      return `{"EventID":4688,"Channel":"Security","Computer":"ws-${number % 5}","EventRecordID":${number}, "TimeCreated":"2026-03-01T10:00:00Z"${marker}}`;
    });
    const batch: Batch = { key: `batch-${this.first}-${this.all.length}`, events };
    this.all.push(batch);
    return batch;
  }

  get unanswered(): readonly Batch[] {
    return this.all.filter(({ batchId }) => batchId === undefined);
  }

  /** Original of every acknowledged event, by its id. */
  get acknowledged(): ReadonlyMap<string, string> {
    const answered = this.all.filter(({ batchId }) => batchId !== undefined);
    return new Map(answered.flatMap(({ batchId, events }) => events.map((raw, index) => [`${batchId}.${index}`, raw] as const)));
  }

  /** Ids of the acknowledged events that the rule matches. */
  get marked(): readonly string[] {
    return [...this.acknowledged].flatMap(([id, raw]) => (isMarked(raw) ? [id] : []));
  }
}

export function isMarked(raw: string): boolean {
  return raw.includes(MARK);
}

/** Sends a batch; answers the status, `undefined` where the server went away. @throws Error where an acknowledgement is not whole. */
export async function sendBatch({ baseUrl, apiKey }: Receiver, batch: Batch): Promise<number | undefined> {
  const answer = await fetch(`${baseUrl}/api/v1/events?source=windows`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson', 'X-API-Key': apiKey, 'Idempotency-Key': batch.key },
    body: batch.events.join('\n'),
  })
    .then(async (response) => ({ status: response.status, body: (await response.json()) as Answer }))
    .catch(() => undefined);
  if (answer?.status !== 202) return answer?.status;
  if (answer.body.accepted !== batch.events.length || !answer.body.inspected) {
    throw new Error(`${batch.key} was acknowledged in part: ${JSON.stringify(answer.body)}`);
  }
  batch.batchId = answer.body.batch_id;
  return answer.status;
}
