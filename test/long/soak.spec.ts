import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadReport } from '../../src/cli/load/load-report.js';
import { BuiltApp } from '../support/built-app.js';
import { load, memorySlope, watched } from '../support/watched-load.js';

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 60);
const TENANT = 'acme-corp';
const RATE = 300;
const BATCH = 5;
/** Requests of the mix that read, for each one of ours that is asked. */
const READS = ['/api/v1/alerts?limit=20', '/api/v1/incidents?limit=20', '/api/v1/accounting', '/health/ready', '/api/v1/approvals'];
const READ_EVERY_MS = 50;
/** What detection remembers is bounded, but grows and is halved by more than what is looked for. */
const CACHE = { DETECTION_CACHE_BYTES: '65536' } as const;

/** What goes wrong each minute, in turn: all of it from outside, as nothing inside may be asked to fail. */
const FAULTS: readonly ((app: BuiltApp, key: string) => Promise<void>)[] = [
  // A burst of what cannot be read.
  async ({ baseUrl }, key) => {
    const bad = { method: 'POST', headers: { 'X-API-Key': key, 'Content-Type': 'application/json' }, body: '{"events": [' };
    await Promise.all(Array.from({ length: 50 }, () => fetch(`${baseUrl}/api/v1/events`, bad).then((answer) => answer.text())));
  },
  // Bodies that are announced and given up.
  async ({ baseUrl }, key) => {
    const headers = { 'X-API-Key': key, 'Content-Type': 'application/x-ndjson' };
    const given = Array.from({ length: 20 }, async () => {
      const signal = AbortSignal.timeout(500);
      const line = new TextEncoder().encode('{"a":1}\n');
      const endless = new ReadableStream({
        pull: (stream) => sleep(20).then(() => (signal.aborted ? stream.error(signal.reason) : stream.enqueue(line))),
      });
      const init = { method: 'POST', headers, body: endless, duplex: 'half', signal } as RequestInit;
      await fetch(`${baseUrl}/api/v1/events?source=generic`, init).catch(() => undefined);
    });
    await Promise.all(given);
  },
  // The whole process stands still, as under a snapshot of its machine.
  async (app) => {
    app.process.kill('SIGSTOP');
    await sleep(2_000);
    app.process.kill('SIGCONT');
  },
];

describe('an hour of everything', () => {
  it('RES-13 soak leaves memory and files as they were and loses nothing that was acknowledged', async () => {
    const app = await BuiltApp.start({ asShipped: true, env: CACHE });
    try {
      const key = app.apiKey(TENANT, 'collector');
      const over = { isOver: false };
      const reads = { asked: 0, failed: 0 };
      const reading = (async () => {
        for (let token = '', until = 0; !over.isOver; await sleep(READ_EVERY_MS)) {
          if (Date.now() > until) [token, until] = [await app.token(TENANT, 'responder'), Date.now() + 600_000];
          const path = READS[reads.asked % READS.length] ?? '';
          reads.asked += 1;
          const answer = await fetch(`${app.baseUrl}${path}`, { headers: { Authorization: `Bearer ${token}` } });
          await answer.arrayBuffer();
          if (answer.status !== 200 && answer.status !== 503) reads.failed += 1;
        }
      })();
      const faulting = (async () => {
        for (let minute = 0; minute < MINUTES; minute += 1) {
          for (let second = 0; second < 60 && !over.isOver; second += 1) await sleep(1_000);
          if (!over.isOver) await FAULTS[minute % FAULTS.length]?.(app, key);
        }
      })();
      const options = ['--tenant', TENANT, '--stages', `${RATE}:${MINUTES * 60}`, '--batch', String(BATCH), '--retries', '5'];
      const { result, samples } = await watched<LoadReport>(app, () => load(app, options));
      over.isOver = true;
      await Promise.all([reading, faulting]);
      const headers = { Authorization: `Bearer ${await app.token(TENANT, 'analyst')}` };
      const accounting = await fetch(`${app.baseUrl}/api/v1/accounting`, { headers });
      const { remainder, hours } = (await accounting.json()) as { remainder: number; hours: { stored: number }[] };
      const stored = hours.reduce((sum, hour) => sum + hour.stored, 0);
      const slope = memorySlope(samples);
      const files = samples.map((sample) => sample.files);
      for (const sample of samples.filter((_, i) => i % 12 === 0)) process.stderr.write(`${JSON.stringify(sample)}\n`);
      process.stderr.write(`${JSON.stringify({ requests: result.requests, events: result.events, reads, slope, stored, remainder })}\n`);
      expect(reads.failed).toBe(0);
      expect(remainder).toBe(0);
      expect(stored).toBeGreaterThanOrEqual(result.events.accepted);
      expect(result.requests.failed + result.requests.not_sent).toBe(0);
      expect((files.at(-1) ?? 0) - (files[2] ?? 0)).toBeLessThanOrEqual(300);
      expect(slope).toBeLessThan(1);
      expect(await app.stop({ keep: true })).toBe(0);
    } finally {
      await app.kill();
      rmSync(app.dataDir, { recursive: true, force: true });
    }
  }, 7_200_000);
});
