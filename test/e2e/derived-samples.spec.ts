import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RuleFiles } from '../../src/ada/adapters/rule-files.js';
import { describeUnless } from '../support/describe-unless.js';
import { missedSamples } from '../support/sigma/missed-samples.js';

/* The rules of SigmaHQ are not part of the project: GATRA_CONFORMANCE_DATA names the directory that holds them. */
const named = process.env['GATRA_CONFORMANCE_DATA'] ?? '';
const archive = join(resolve(named), 'sigma', 'sigmahq-rules-8eaafff1f284.tar.gz');
const reason = named !== '' && existsSync(archive) ? undefined : 'GATRA_CONFORMANCE_DATA names no directory with the data';

describeUnless(reason, 'samples that are derived from the rules of SigmaHQ', () => {
  it('are matched by the engine of all of them, and there is one of nearly every rule', async () => {
    const { rules } = await new RuleFiles([archive]).load();
    const { count, missed } = missedSamples(rules);
    process.stdout.write(`derived ${count} of ${rules.length}\n`);
    expect(missed).toEqual([]);
    expect(count).toBeGreaterThan(rules.length * 0.9);
  });
});
