import { BEGINNING, idOf, positionOf } from './feed-event.js';

describe('the id of an event', () => {
  it('names a position, and back', () => {
    for (const position of [
      BEGINNING,
      { seq: 1, mark: '0123abcd0123abcd0123abcd' },
      { seq: 9_007_199_254, mark: 'ffffffffffffffffffffffff' },
    ])
      expect(positionOf(idOf(position))).toEqual(position);
  });

  it.each([
    '',
    '0-',
    '-1',
    '00',
    '1',
    '01-0123abcd0123abcd0123abcd',
    '1-0123ABCD',
    '1-0123abcd0123abcd0123abcd ',
    '1-0123abcd0123abcd0123abcd, 2-0123abcd0123abcd0123abcd',
    '99999999999999999-0123abcd0123abcd0123abcd',
    'x',
  ])('is none where it is %j', (id) => expect(positionOf(id)).toBeUndefined());
});
