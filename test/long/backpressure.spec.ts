import { toTenantId } from '../../src/contracts/tenant.js';
import { expectNothingDropped, flood, p99Of } from '../support/backpressure.js';
import { BuiltApp } from '../support/built-app.js';
import { writeMarkedRule } from '../support/marked-rule.js';

const TENANT = toTenantId('acme-corp');
const ROUNDS = 3;
/** Five times the places of a tenant. */
const SENT = 1_280;
const MOST_RSS_MIB = 512;
const REFUSAL_P99_MS = 50;

describe('back-pressure, in app after app', () => {
  it.each(['the store', 'triage'] as const)(
    'DUR-08 while %s stands still refusals are quick',
    async (consumer) => {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const app = await BuiltApp.start({ env: { GATRA_RULES: writeMarkedRule() } });
        try {
          const flooded = await flood(app, TENANT, consumer);
          const { sent, refused, p99, peakMiB } = flooded;
          process.stdout.write(
            `DUR-08 ${consumer}: ${refused.length} of ${sent} refused, p99 ${p99.toFixed(1)} ms, ${peakMiB.toFixed(0)} MiB\n`,
          );
          expect(sent).toBe(SENT);
          expect(peakMiB).toBeLessThan(MOST_RSS_MIB);
          await expectNothingDropped(app, TENANT, flooded);
          times.push(...refused.map(({ ms }) => ms));
        } finally {
          await app.stop();
        }
      }
      expect(p99Of(times)).toBeLessThan(REFUSAL_P99_MS);
    },
    600_000,
  );
});
