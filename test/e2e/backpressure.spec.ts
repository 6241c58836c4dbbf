import { toTenantId } from '../../src/contracts/tenant.js';
import { expectNothingDropped, flood } from '../support/backpressure.js';
import { BuiltApp } from '../support/built-app.js';
import { writeMarkedRule } from '../support/marked-rule.js';

const TENANT = toTenantId('acme-corp');
const MOST_RSS_MIB = 512;

describe('back-pressure', () => {
  let app: BuiltApp;
  beforeEach(async () => (app = await BuiltApp.start({ env: { GATRA_RULES: writeMarkedRule() } })));
  afterEach(() => app.stop());

  it.each(['the store', 'triage'] as const)(
    'DUR-08 while %s stands still, what is too much is refused, memory stays bounded, and all that is acknowledged is there',
    async (consumer) => {
      const flooded = await flood(app, TENANT, consumer);
      process.stdout.write(
        `DUR-08 ${flooded.refused.length} refusals, p99 ${flooded.p99.toFixed(1)} ms, ${flooded.peakMiB.toFixed(0)} MiB\n`,
      );
      expect(flooded.refused.length).toBeGreaterThan(0);
      expect(flooded.peakMiB).toBeLessThan(MOST_RSS_MIB);
      await expectNothingDropped(app, TENANT, flooded);
    },
    180_000,
  );
});
