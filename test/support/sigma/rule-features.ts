type Fields = Readonly<Record<string, unknown>>;

const MODIFIERS =
  'all startswith endswith contains exists cased neq windash re i m s base64 base64offset utf16le wide utf16be utf16 lt lte gt gte minute hour day week month year cidr expand fieldref'.split(
    ' ',
  );
const PAIRS = [
  'fieldref|neq',
  'fieldref|startswith',
  'fieldref|endswith',
  'fieldref|contains',
  'fieldref|cased',
  'contains|all',
  're|neq',
  'cidr|neq',
];
const CONDITIONS: Readonly<Record<string, RegExp>> = {
  and: / and /i,
  or: / or /i,
  not: /not /i,
  parentheses: /\(/,
  '1 of': /1 of/i,
  'any of': /any of/i,
  'all of': /all of/i,
  them: /of them/i,
  pattern: /of \S*\*/i,
  'hidden name': /_hid/,
};
const VALUES: Readonly<Record<string, (value: unknown) => boolean>> = {
  star: (value) => typeof value === 'string' && /(?<!\\)\*/.test(value),
  'question mark': (value) => typeof value === 'string' && /(?<!\\)\?/.test(value),
  'escaped wildcard': (value) => typeof value === 'string' && /\\[*?]/.test(value),
  'escaped backslash': (value) => typeof value === 'string' && value.includes('\\\\'),
  null: (value) => value === null,
  empty: (value) => value === '',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  'list of values': (value) => Array.isArray(value) && value.length > 1,
};

/** What random rules are to have met. */
export const FEATURES: readonly string[] = [
  ...MODIFIERS,
  ...PAIRS,
  ...Object.keys(CONDITIONS),
  ...Object.keys(VALUES),
  'list of conditions',
  'list of maps',
  'keywords',
  'keywords and maps',
  'keywords|all',
  'dotted field',
  'EventID',
];

const known = new WeakMap<Fields, readonly string[]>();

/** What there is in a detection: modifiers, forms of its condition, kinds of its values. */
export function featuresOf(detection: Fields): readonly string[] {
  let features = known.get(detection);
  if (features === undefined) known.set(detection, (features = [...collect(detection)]));
  return features;
}

function collect({ condition, ...searches }: Fields): Set<string> {
  const found = new Set<string>();
  const text = [condition].flat().join('\n');
  for (const [name, form] of Object.entries(CONDITIONS)) if (form.test(text)) found.add(name);
  if (Array.isArray(condition) && condition.length > 1) found.add('list of conditions');
  for (const search of Object.values(searches)) collectSearch(search, found);
  return found;
}

function collectSearch(search: unknown, found: Set<string>): void {
  const list = [search].flat() as unknown[];
  const maps = list.filter((one) => typeof one === 'object' && one !== null);
  if (Array.isArray(search) && maps.length > 1) found.add('list of maps');
  if (maps.length < list.length) found.add(maps.length === 0 ? 'keywords' : 'keywords and maps');
  for (const map of maps) for (const [key, value] of Object.entries(map as Fields)) collectItem(key, value, found);
}

function collectItem(key: string, value: unknown, found: Set<string>): void {
  const [name = '', ...modifiers] = key.split('|');
  for (const modifier of modifiers) found.add(modifier);
  for (const pair of PAIRS) if (pair.split('|').every((modifier) => modifiers.includes(modifier))) found.add(pair);
  if (name === '' && modifiers.includes('all')) found.add('keywords|all');
  if (name.includes('.')) found.add('dotted field');
  if (name === 'EventID') found.add('EventID');
  for (const one of [value, ...([value].flat() as unknown[])])
    for (const [kind, is] of Object.entries(VALUES)) if (is(one)) found.add(kind);
}
