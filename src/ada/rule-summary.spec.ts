import type { SigmaRule } from './domain/sigma/sigma-rule.js';
import { toRuleSummary, toUnsupportedRule } from './rule-summary.js';

describe('summaries', () => {
  it('are plain data of rules, and of documents that are none', () => {
    const rule: SigmaRule = {
      id: 'r',
      title: 'A rule',
      author: 'Ann',
      level: 'high',
      license: 'DRL-1.1',
      status: 'test',
      logsource: { product: 'windows' },
      means: { categories: [], services: [] },
      tags: ['attack.t1059.001'],
      falsepositives: ['Backups'],
      techniques: ['T1059.001'],
      tactics: ['execution'],
      detection: { kind: 'and', of: [] },
    };
    const summaries = {
      rules: [toRuleSummary(rule)],
      unsupported: [toUnsupportedRule({ path: '/home/someone/rules.tar.gz/rules/windows/a.yml', line: 7, reason: 'why' })],
    };
    expect(structuredClone(summaries)).toEqual({
      rules: [
        {
          id: 'r',
          title: 'A rule',
          author: 'Ann',
          level: 'high',
          license: 'DRL-1.1',
          detector: 'sigma',
          type: 'detection',
          alerts: true,
          status: 'test',
          description: '',
          techniques: ['T1059.001'],
          tactics: ['execution'],
          logsource: { product: 'windows' },
          falsepositives: ['Backups'],
        },
      ],
      unsupported: [{ path: 'rules.tar.gz/rules/windows/a.yml', line: 7, id: null, title: null, reason: 'why' }],
    });
  });
});
