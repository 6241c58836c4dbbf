import type { RuleReference } from '../../../contracts/detection.js';
import { SEVERITIES, type Severity } from '../../../contracts/severity.js';
import { readTags } from './attack-tags.js';
import { type Fields, isGiven } from './fields.js';
import { checkForm } from './rule-form.js';
import { SigmaError } from './sigma-error.js';

/** What every kind of Sigma document says of itself. */
export interface RuleHeader extends RuleReference {
  /** By which other documents may refer to it, besides its id. */
  readonly name?: string;
  readonly status?: string;
  readonly description?: string;
  /** What is known to match without being an attack. */
  readonly falsepositives: readonly string[];
  readonly tags: readonly string[];
  /** ATT&CK technique ids from the tags: `T1059.001`. */
  readonly techniques: readonly string[];
  /** ATT&CK tactic short names from the tags: `credential-access`. */
  readonly tactics: readonly string[];
}

/**
 * Reads what a document says of itself, and checks its form; without an id its title stands for one.
 * @throws SigmaError with the place of what is wrong
 */
export function readHeader(document: Fields): RuleHeader {
  checkForm(document);
  const title = requiredText(document, 'title');
  const name = optionalText(document, 'name');
  const status = optionalText(document, 'status');
  const description = optionalText(document, 'description');
  return {
    id: optionalText(document, 'id') ?? title,
    title,
    author: optionalText(document, 'author') ?? 'unknown',
    level: readLevel(document['level']),
    license: optionalText(document, 'license') ?? 'unspecified',
    falsepositives: readTexts(document['falsepositives']),
    ...readTags(document['tags']),
    ...(name === undefined ? {} : { name }),
    ...(status === undefined ? {} : { status }),
    ...(description === undefined ? {} : { description }),
  };
}

function readLevel(level: unknown): Severity {
  if (!isGiven(level)) return 'informational';
  const known = SEVERITIES.find((severity) => severity === level);
  if (known === undefined) throw new SigmaError(`level is not one of ${SEVERITIES.join(', ')}`, ['level']);
  return known;
}

/** A list of texts, or one; whatever else is there does not keep a rule from being used. */
function readTexts(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter((item) => typeof item === 'string');
}

function optionalText(document: Fields, name: string): string | undefined {
  const value = document[name];
  return typeof value === 'string' && value !== '' ? value.trim() : undefined;
}

function requiredText(document: Fields, name: string): string {
  const value = optionalText(document, name);
  if (value === undefined) throw new SigmaError(`${name} is missing`, [name]);
  return value;
}
