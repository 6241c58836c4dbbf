import { readLogsources } from './logsource-files.js';
import { toTenantId } from '../../contracts/tenant.js';
import { PlaceholderLists } from '../domain/sigma/placeholder-lists.js';
import { ownContexts, readFilterText } from './read-own-filters.js';

const CONTEXT = ownContexts(readLogsources(), new PlaceholderLists())(toTenantId('acme-corp'));
const TOO_MUCH = /the tests that .* are \d{5,} or more, over all documents together, more than 20000$/;

/** A filter of any rule, with a search in YAML. */
function filterOf(id: string, search: string, condition = 'selection'): string {
  return `title: ${id}
id: ${id}
logsource: { product: windows, category: process_creation }
filter:
  rules: any
  selection:
${search}
  condition: ${condition}
`;
}

/** As many values, each of which is written in 3,125 ways. */
function dashes(count: number): string {
  return `    CommandLine|contains|windash:\n${'      - " -a -a -a -a -a"\n'.repeat(count)}`;
}

function texts(count: number): string {
  return `    CommandLine|contains:\n${Array.from({ length: count }, (_, at) => `      - t${at}\n`).join('')}`;
}

const reasons = (document: string): string[] => readFilterText(document, [], CONTEXT).unsupported.map(({ reason }) => reason);

describe('what the filters of one text may cost', () => {
  it('is bounded in what values become, and refused before it is built', () => {
    expect(dashes(800).length).toBeLessThan(65_536);
    expect(reasons(filterOf('one', dashes(800)))).toEqual([expect.stringMatching(TOO_MUCH)]);
    expect(reasons(filterOf('one', dashes(1).replace('" -a', `"${'x'.repeat(20_000)} -a`)))).toEqual([expect.stringMatching(TOO_MUCH)]);
    expect(reasons(filterOf('one', dashes(6)))).toEqual([]);
  });

  it('is bounded for all documents of the text together', () => {
    const documents = Array.from({ length: 40 }, (_, at) => filterOf(`f${at}`, dashes(1))).join('---\n');
    const { filters, unsupported } = readFilterText(documents, [], CONTEXT);
    expect([filters.length, unsupported.length]).toEqual([6, 34]);
    for (const { reason } of unsupported) expect(reason).toMatch(TOO_MUCH);
  });

  it('is bounded in what conditions ask, as often as they do', () => {
    expect(reasons(filterOf('one', texts(1_000), Array(20).fill('selection').join(' or ')))).toEqual([]);
    expect(reasons(filterOf('one', texts(1_000), Array(21).fill('selection').join(' or ')))).toEqual([expect.stringMatching(TOO_MUCH)]);
  });

  it('counts patterns by their programs', () => {
    const patterns = (count: number): string => `    CommandLine|re:\n${"      - 'a{400}b'\n".repeat(count)}`;
    expect(reasons(filterOf('one', patterns(4)))).toEqual([]);
    expect(reasons(filterOf('one', patterns(5)))).toEqual([expect.stringMatching(TOO_MUCH)]);
    expect(reasons(filterOf('one', "    CommandLine|re: '(?:a{999}b){1}(?:a?){999}(?:a?){999}(?:a?){999}(?:a?){999}'"))).toEqual([
      expect.stringMatching(/needs \d{5} instructions, more than 10000/),
    ]);
  });

  it('begins anew with each text', () => {
    for (let i = 0; i < 3; i++) expect(reasons(filterOf('one', dashes(6)))).toEqual([]);
  });
});
