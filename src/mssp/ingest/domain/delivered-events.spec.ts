import { eventsOf } from './delivered-events.js';

const linesOf = (text: string): string[] =>
  eventsOf({ id: '17', data: Buffer.from(text), receipt: 'r' }).map(({ line }) => line.toString());

describe('the events of a message', () => {
  it.each<[string, string, string[]]>([
    ['one', '{"a":1}', ['{"a":1}']],
    ['one, with the end of its line', '{"a":1}\r\n', ['{"a":1}  ']],
    ['one on several lines', '{\n "a": "x\\ny"\n}', ['{  "a": "x\\ny" }']],
    ['several', '{"a":1}\n\n{"a":2}\n', ['{"a":1}', '{"a":2}']],
    ['some of them unreadable', '{"a":1}\n{"a\n{"a":3}', ['{"a":1}', '{"a', '{"a":3}']],
    ['none, which is one that cannot be read', ' \n', ['null']],
    ['none at all', '', ['null']],
  ])('%s', (_what, text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });

  it('are called the same whenever the message comes', () => {
    const once = eventsOf({ id: '17', data: Buffer.from('{"a":1}\n{"a":1}'), receipt: 'r1' });
    const again = eventsOf({ id: '17', data: Buffer.from('{"a":1}\n{"a":1}'), receipt: 'r2' });
    expect(once.map(({ key }) => key)).toEqual(['17/0', '17/1']);
    expect(again).toEqual(once);
  });
});
