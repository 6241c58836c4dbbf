import { type Fields, isFields, isGiven } from './fields.js';
import { SigmaError } from './sigma-error.js';

const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];
const RELATIONS = ['derived', 'obsolete', 'merged', 'renamed', 'similar'];
const TEXTS: Readonly<Record<string, number>> = {
  title: 256,
  id: 256,
  name: 256,
  taxonomy: 256,
  description: 65_535,
  license: 1_024,
  author: 4_096,
};
const LISTS = ['references', 'fields', 'tags', 'scope', 'falsepositives'];
const MAX_MEMBERS = 1_000;
const DATE = /^\d{4}[-/](?:0[1-9]|1[012])[-/](?:0[1-9]|[12]\d|3[01])$/;

/**
 * Checks what a rule says about itself against the schema of the specification (2.1). Left out is the form of tags and ids, which many rules in
 * use do not keep to; what is not named in the schema may be anything.
 * @throws SigmaError with the place of what is wrong
 */
export function checkForm(document: Fields): void {
  for (const [name, most] of Object.entries(TEXTS)) checkText(document[name], name, most);
  for (const name of LISTS) checkTexts(document[name], name);
  for (const name of ['date', 'modified']) checkDate(document[name], name);
  const { status } = document;
  if (isGiven(status) && !STATUSES.some((known) => known === status))
    throw new SigmaError(`status is not one of ${STATUSES.join(', ')}`, ['status']);
  checkRelated(document['related']);
}

function checkText(value: unknown, name: string, most: number): void {
  if (!isGiven(value)) return;
  if (typeof value !== 'string') throw new SigmaError(`${name} is not text`, [name]);
  if (value.length > most) throw new SigmaError(`${name} is longer than ${most} characters`, [name]);
}

function checkTexts(value: unknown, name: string): void {
  if (!isGiven(value)) return;
  const members: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (members.length > MAX_MEMBERS) throw new SigmaError(`${name} has more than ${MAX_MEMBERS} members`, [name]);
  for (const [index, member] of members.entries())
    if (isGiven(member) && typeof member !== 'string') throw new SigmaError(`${name} is not a list of texts`, [name, index]);
}

function checkDate(value: unknown, name: string): void {
  if (isGiven(value) && !(typeof value === 'string' && DATE.test(value))) throw new SigmaError(`${name} is not YYYY-MM-DD`, [name]);
}

function checkRelated(related: unknown): void {
  if (!isGiven(related)) return;
  if (!Array.isArray(related) || related.length > MAX_MEMBERS) throw new SigmaError('related is not a list of rules', ['related']);
  for (const [index, one] of (related as unknown[]).entries()) {
    const { id, type } = isFields(one) ? one : {};
    if (typeof id !== 'string' || !RELATIONS.some((known) => known === type))
      throw new SigmaError(`related needs an id and a type of ${RELATIONS.join(', ')}`, ['related', index]);
  }
}
