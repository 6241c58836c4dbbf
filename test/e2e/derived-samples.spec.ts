import { join } from 'node:path';
import { RuleFiles } from '../../src/ada/adapters/rule-files.js';
import { describeWithData } from '../support/conformance-data.js';
import { missedSamples } from '../support/sigma/missed-samples.js';

const ARCHIVE = 'sigma/sigmahq-rules-8eaafff1f284.tar.gz';

describeWithData('samples that are derived from the rules of SigmaHQ', [ARCHIVE], (data) => {
  it('are matched by the engine of all of them, and there is one of nearly every rule', async () => {
    const { rules } = await new RuleFiles([join(data, ARCHIVE)]).load();
    const { count, missed } = missedSamples(rules);
    process.stdout.write(`derived ${count} of ${rules.length}\n`);
    expect(missed).toEqual([]);
    expect(count).toBeGreaterThan(rules.length * 0.9);
  });
});
