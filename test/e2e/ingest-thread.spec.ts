import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { PipelinePool } from '../../src/agents/pipeline/pipeline-pool.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { PipelineUnavailable, type Ingested } from '../../src/mssp/ingest/domain/event-pipeline.js';
import { noRules } from '../support/no-rules.js';

const TENANT = toTenantId('acme-corp');

describe('a pipeline thread that dies', () => {
  it('is started again; what it had not answered is refused, what it had stored is there', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatra-pool-'));
    const troubles: string[] = [];
    const pool = new PipelinePool({ dataDir, rules: noRules(), maxEvents: 100, eventsUrl: null, cacheBytes: 1_000_000 }, 1, (event) =>
      troubles.push(event),
    );
    const returned = new Promise<void>((resolve) => pool.onRestart(() => resolve()));
    const send = (text: string): Promise<Ingested> =>
      pool.ingest(
        TENANT,
        {
          body: new Uint8Array(Buffer.from(text)),
          form: 'lines',
          source: undefined,
          correlationId: 'req-1',
          idempotencyKey: undefined,
          receivedAt: Date.now(),
        },
        async () => 1,
      );
    try {
      await pool.start();
      const { answer } = await send('{"n":1}');
      const [thread] = Reflect.get(pool, 'threads') as { worker: Worker }[];
      const unanswered = send('{"n":2}');
      const dead = thread?.worker.terminate();
      await expect(unanswered).rejects.toThrow(PipelineUnavailable);
      await dead;
      expect(pool.isRunning).toBe(false);
      await expect(send('{"n":3}')).rejects.toThrow(PipelineUnavailable);
      await returned;
      expect(troubles).toEqual(['pipeline.lost']);
      expect((await pool.find(TENANT, `${answer.batch_id}.0`))?.raw).toBe('{"n":1}');
      expect((await send('{"n":4}')).answer.accepted).toBe(1);
    } finally {
      await pool.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
