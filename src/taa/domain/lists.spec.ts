import { compileLinearMatcher } from '../adapters/linear-text-matcher.js';
import { readCsvList } from './csv-list.js';
import { csvRows } from './csv-rows.js';
import { IndicatorError } from './indicator-error.js';
import { readIndicatorDocument } from './indicator-document.js';

describe('csvRows', () => {
  it.each<[string, string[][]]>([
    [
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['\uFEFFa, b \r\n\r\n\n# a,b\nc', [['a', 'b'], ['c']]],
    ['"a ""x"", y","b\nc",\n', [['a "x", y', 'b\nc', '']]],
    ['"never closed,\nx', [['never closed,\nx']]],
    ['"a"rest,b\nc', [['a'], ['c']]],
    ['', []],
  ])('reads %j', (text, rows) => {
    expect([...csvRows(text, ',')]).toEqual(rows);
  });

  it('refuses rows and cells that are too long', () => {
    expect(() => [...csvRows(','.repeat(300), ',')]).toThrow('more than 200 cells');
    expect(() => [...csvRows('x'.repeat(9_000), ',')]).toThrow(IndicatorError);
  });
});

describe('readCsvList', () => {
  it('takes columns by their names and says which rows it cannot use', () => {
    const text = [
      'Type;IOC;Since;Until;Score;Marking;Comment',
      'ip;203.0.113.7;2026-01-01;2026-02-01 12:00:00;85;TLP:AMBER;"C2; first"',
      'domain;bad.example;;2026-02-01T12:00:00+02:00;;green;',
      'x;nonsense;;;;;',
      'x;worse.example;yesterday;;;;',
      'x;worse.example;;;101;;',
    ].join('\n');
    const columns = { value: 'ioc', name: 'comment', valid_from: 'since', valid_until: 'until', confidence: 'score', tlp: 'marking' };
    const { reports, unsupported } = readCsvList(text, { columns, delimiter: ';' });
    expect(reports).toEqual([
      {
        external_id: 'ip 203.0.113.7',
        name: 'C2; first',
        values: [{ type: 'ip', value: '203.0.113.7' }],
        valid_from: '2026-01-01T00:00:00.000Z',
        valid_until: '2026-02-01T12:00:00.000Z',
        confidence: 0.85,
        revoked: false,
        tlp: 'amber',
      },
      expect.objectContaining({
        name: 'bad.example',
        valid_from: null,
        valid_until: '2026-02-01T10:00:00.000Z',
        confidence: 0.5,
        tlp: 'green',
      }),
    ]);
    expect(unsupported.map(({ reason }) => reason)).toEqual([
      'neither an address, domain, URL, hash nor e-mail address: "nonsense"',
      'not a time: yesterday',
      'confidence is not between 0 and 100',
    ]);
  });

  it('takes columns by number, and all values as one type', () => {
    const { reports } = readCsvList('1,Evil.EXE\n2,other.dll\n', { columns: { value: 2 }, type: 'file_name' });
    expect(reports.map(({ values }) => values)).toEqual([
      [{ type: 'file_name', value: 'evil.exe' }],
      [{ type: 'file_name', value: 'other.dll' }],
    ]);
  });

  it('refuses a list that lacks a column', () => {
    expect(() => readCsvList('a,b\n1,2', { columns: { value: 'ioc' } })).toThrow('there is no column ioc');
  });
});

describe('events of MISP', () => {
  const attribute = (uuid: string, type: string, value: string, more: object = {}): object => ({
    uuid,
    type,
    value,
    to_ids: true,
    timestamp: '1767225600',
    ...more,
  });

  it('are read with their objects, tags and times, as far as they are meant for detection', () => {
    const Event = {
      info: 'campaign',
      Tag: [{ name: 'tlp:green' }, { name: 'x' }],
      Attribute: [
        attribute('a', 'ip-dst|port', '203.0.113.7|443'),
        attribute('b', 'domain|ip', 'Bad.example|203.0.113.8', { Tag: [{ name: 'tlp:red' }] }),
        attribute('c', 'filename|md5', `a.exe|${'0f'.repeat(16)}`, { first_seen: '2026-02-01T00:00:00.000000+00:00' }),
        attribute('d', 'filename', 'B.exe', { Tag: [{ name: 'tlp:unclear' }] }),
        attribute('e', 'domain', 'not.meant.example', { to_ids: false }),
        attribute('f', 'domain', 'deleted.example', { deleted: true }),
        attribute('g', 'snort', 'x'),
        attribute('k', 'mutex', 'Global\\x'),
        attribute('l', 'regkey', 'HKLM\\Software\\X'),
        attribute('h', 'ip-src', 'x'),
        attribute('i', 'url', ''),
        'x',
      ],
      Object: [{ Attribute: [attribute('j', 'sha256', 'A'.repeat(64))] }],
    };
    for (const text of [JSON.stringify({ Event }), JSON.stringify({ response: [{ Event }, null, 5] })]) {
      const { reports, unsupported } = readIndicatorDocument(text, compileLinearMatcher);
      expect(
        reports.map(({ external_id: id, values, tlp, valid_from: from }) => [
          id,
          values.map(({ value }) => value),
          tlp,
          from?.slice(0, 10),
        ]),
      ).toEqual([
        ['a', ['203.0.113.7'], 'green', '2026-01-01'],
        ['b', ['bad.example', '203.0.113.8'], 'red', '2026-01-01'],
        ['c', ['0f'.repeat(16)], 'green', '2026-02-01'],
        ['d', ['b.exe'], 'red', '2026-01-01'],
        ['k', ['x'], 'green', '2026-01-01'],
        ['l', ['hklm\\software\\x'], 'green', '2026-01-01'],
        ['j', ['a'.repeat(64)], 'green', '2026-01-01'],
      ]);
      expect(unsupported.map(({ id, reason }) => [id, reason.split(':')[0]])).toEqual([
        ['g', 'attributes of type snort are not matched'],
        ['h', 'not an IP address or block'],
        ['i', 'not a URL'],
      ]);
    }
  });
});
