import { type Fields, isFields, isGiven } from '../fields.js';
import { type RuleHeader, readHeader } from '../rule-header.js';
import { SigmaError, readPart } from '../sigma-error.js';
import { type Alias, CORRELATION_TYPES, type CorrelationRule, type CorrelationType } from './correlation-rule.js';
import { readCorrelationCondition } from './read-condition.js';
import { readNames } from './read-names.js';
import { readTimespan } from './timespan.js';

const MEMBERS: ReadonlySet<string> = new Set(['type', 'rules', 'aliases', 'group-by', 'timespan', 'condition', 'generate', 'field']);
const MAX_RULES = 100;
const MAX_GROUP_FIELDS = 16;
const MAX_ALIASES = 32;

/**
 * Reads a correlation rule (Sigma specification 2.1.0) from the plain object that its YAML holds.
 * @throws SigmaError with the reason, and the place of what is wrong, when it cannot be used.
 */
export function parseCorrelation(document: Fields): CorrelationRule {
  const section = document['correlation'];
  if (!isFields(section)) throw new SigmaError('correlation is not a mapping', ['correlation']);
  for (const other of ['detection', 'filter']) {
    if (document[other] !== undefined) throw new SigmaError(`a document is either a correlation or a ${other}, not both`, [other]);
  }
  const header = readHeader(document);
  const unknown = Object.keys(section).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined)
    throw new SigmaError(`correlation: "${unknown.slice(0, 64)}" is not a member of a correlation`, ['correlation', unknown]);
  return {
    ...header,
    ...readPart(['correlation'], '', () => readSection(section)),
    generate: readGenerate(section, document),
    hasLevel: isGiven(document['level']),
  };
}

function readSection(section: Fields): Omit<CorrelationRule, keyof RuleHeader | 'generate' | 'hasLevel'> {
  const type = readPart(['type'], '', () => readType(section['type']));
  const rules = readPart(['rules'], '', () => readRules(section['rules']));
  return {
    type,
    rules,
    groupBy: readPart(['group-by'], '', () => readNames('group-by', section['group-by'], MAX_GROUP_FIELDS)),
    aliases: readPart(['aliases'], '', () => readAliases(section['aliases'])),
    timespan: readPart(['timespan'], '', () => readTimespan(section['timespan'])),
    timespanText: String(section['timespan']),
    ...readCorrelationCondition(type, section, rules.length),
  };
}

function readType(type: unknown): CorrelationType {
  const known = CORRELATION_TYPES.find((one) => one === type);
  if (known === undefined) throw new SigmaError(`correlation: type is not one of ${CORRELATION_TYPES.join(', ')}`);
  return known;
}

function readRules(value: unknown): readonly string[] {
  const rules = readNames('rules', value, MAX_RULES);
  if (rules.length === 0) throw new SigmaError('rules is missing: it names the rules that are correlated');
  return rules;
}

function readAliases(value: unknown): ReadonlyMap<string, Alias> {
  if (!isGiven(value)) return new Map();
  if (!isFields(value)) throw new SigmaError('aliases is not a mapping');
  const aliases = Object.entries(value);
  if (aliases.length > MAX_ALIASES) throw new SigmaError(`more than ${MAX_ALIASES} aliases`);
  return new Map(aliases.map(([alias, fields]) => [alias, readAlias(alias, fields)]));
}

function readAlias(alias: string, value: unknown): Alias {
  if (!isFields(value)) throw new SigmaError(`aliases: ${alias} is not a mapping of rules to fields`, [alias]);
  return new Map(
    Object.entries(value).map(([rule, field]) => {
      if (typeof field !== 'string' || field === '')
        throw new SigmaError(`aliases: ${alias}: the field of "${rule}" is not text`, [alias, rule]);
      return [rule, field];
    }),
  );
}

/** Rules in use have it in the section and beside it. */
function readGenerate(section: Fields, document: Fields): boolean {
  const inside = isGiven(section['generate']);
  const value = (inside ? section : document)['generate'];
  if (!isGiven(value)) return false;
  const place = inside ? ['correlation', 'generate'] : ['generate'];
  if (typeof value !== 'boolean') throw new SigmaError('generate is neither true nor false', place);
  return value;
}
