import type { AttackCatalog } from '../../attack/attack-catalog.js';
import { type Fields, isFields, isGiven } from '../fields.js';
import type { LogsourceTaxonomy } from '../logsource-taxonomy.js';
import type { SigmaDocument } from '../read-document.js';
import type { DocumentPath } from '../sigma-error.js';
import type { FieldTaxonomy } from './field-taxonomy.js';
import { lintFields } from './lint-fields.js';
import type { LintRemark } from './lint-remark.js';
import { lintSearches } from './lint-searches.js';
import { lintTags } from './lint-tags.js';

/** What rules are held against. */
export interface LintKnowledge {
  readonly logsources: LogsourceTaxonomy;
  readonly fields: FieldTaxonomy;
  /** Empty where no techniques are known, which then are not looked at. */
  readonly techniques: AttackCatalog;
}

/** Specification 2.1.0, what SigmaHQ has besides, and what is read here besides. */
const MEMBERS: ReadonlySet<string> = new Set(
  (
    'title id name related taxonomy status description license author references date modified fields falsepositives level tags scope generate ' +
    'logsource detection correlation filter regression_tests_path simulation tests'
  ).split(' '),
);
const LOGSOURCE_MEMBERS: ReadonlySet<string> = new Set(['product', 'category', 'service', 'definition']);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAX_NAME = 64;

/** Remarks about a rule that was read. @param written the document as it is written */
export function lintRule(written: Fields, read: SigmaDocument, { logsources, fields, techniques }: LintKnowledge): readonly LintRemark[] {
  return [
    ...lintHeader(written, read),
    ...unknownMembers(written, MEMBERS, []),
    ...(read.kind === 'correlation' ? [] : lintLogsource(written, read.rule.logsource, logsources)),
    ...(read.kind === 'detection' ? lintSearches(read.rule.detection, read.searches) : []),
    ...(read.kind === 'correlation' ? [] : lintFields(written, read.kind, read.rule.logsource, fields)),
    ...lintTags(written['tags'], techniques),
  ];
}

function lintHeader({ id, level }: Fields, { kind }: SigmaDocument): readonly LintRemark[] {
  const remarks: LintRemark[] = [];
  if (!isGiven(id))
    remarks.push({ path: [], reason: 'id is missing: the title stands for it, and whoever changes the title makes another rule' });
  else if (!(typeof id === 'string' && UUID.test(id))) remarks.push({ path: ['id'], reason: 'id is not a UUID' });
  if (kind === 'detection' && !isGiven(level)) remarks.push({ path: [], reason: 'level is missing: the rule is informational' });
  return remarks;
}

function lintLogsource(written: Fields, logsource: Parameters<LogsourceTaxonomy['unknownIn']>[0], known: LogsourceTaxonomy): LintRemark[] {
  const { logsource: section } = written;
  return [
    ...(isFields(section) ? unknownMembers(section, LOGSOURCE_MEMBERS, ['logsource']) : []),
    ...known.unknownIn(logsource).map((part) => ({
      path: ['logsource', part],
      reason: `logsource: nothing is known to be ${part} "${logsource[part]?.slice(0, MAX_NAME)}" of ${logsource.product}: only events that name it themselves are looked at`,
    })),
  ];
}

function unknownMembers(fields: Fields, known: ReadonlySet<string>, above: DocumentPath): LintRemark[] {
  return Object.keys(fields)
    .filter((name) => !known.has(name))
    .map((name) => ({ path: [...above, name], reason: `"${name.slice(0, MAX_NAME)}" is not a member that Sigma knows` }));
}
