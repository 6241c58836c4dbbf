import type { RuleReference } from '../../../contracts/detection.js';
import { SEVERITIES, type Severity } from '../../../contracts/severity.js';
import { readTags } from './attack-tags.js';
import { SigmaError } from './sigma-error.js';

/** What a YAML mapping holds. */
export type Fields = Readonly<Record<string, unknown>>;

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

const MAX_TITLE = 512;
const MAX_NAME = 256;

/** Reads what a document says of itself; without an id its title stands for one. @throws SigmaError */
export function readHeader(document: Fields): RuleHeader {
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
    ...(name === undefined ? {} : { name: name.slice(0, MAX_NAME) }),
    ...(status === undefined ? {} : { status }),
    ...(description === undefined ? {} : { description }),
  };
}

/** Tells a mapping from a list and from a single value. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readLevel(level: unknown): Severity {
  if (level === undefined || level === null) return 'informational';
  const known = SEVERITIES.find((severity) => severity === level);
  if (known === undefined) throw new SigmaError(`level is not one of ${SEVERITIES.join(', ')}`);
  return known;
}

/** A list of texts, or one; whatever else is there does not keep a rule from being used. */
function readTexts(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter((item) => typeof item === 'string');
}

function optionalText(document: Fields, name: string): string | undefined {
  const value = document[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new SigmaError(`${name} is not text`);
  return value.trim();
}

function requiredText(document: Fields, name: string): string {
  const value = optionalText(document, name);
  if (value === undefined) throw new SigmaError(`${name} is missing`);
  return value.slice(0, MAX_TITLE);
}
