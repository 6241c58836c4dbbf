import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RULE = `title: Marked event
id: 2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9a02
status: test
author: tests
logsource: { product: windows }
detection: { selection: { marker: 'rule-me' }, condition: selection }
level: high
`;

/** Writes a rule that matches Windows events with `"marker":"rule-me"`; answers the directory that it is in. */
export function writeMarkedRule(): string {
  const rules = mkdtempSync(join(tmpdir(), 'gatra-rules-'));
  writeFileSync(join(rules, 'marked.yml'), RULE);
  return rules;
}
