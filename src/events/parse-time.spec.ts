import fc from 'fast-check';
import { parseTime, parseZonedTime } from './parse-time.js';

describe('parseTime', () => {
  it.each([
    ['2020-09-22T18:53:04.182Z', '2020-09-22T18:53:04.182Z'],
    ['2020-09-22 18:53:01.266', '2020-09-22T18:53:01.266Z'],
    ['2020-09-22 18:53:01', '2020-09-22T18:53:01.000Z'],
    ['2021-12-04T21:19:16.741995900Z', '2021-12-04T21:19:16.741Z'],
    ['2018-03-24T14:37:19.037299-0600', '2018-03-24T20:37:19.037Z'],
    ['2018-03-24T14:37:19+05:30', '2018-03-24T09:07:19.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    [1_588_205_199.82437, '2020-04-30T00:06:39.824Z'],
    [1_588_205_199_824, '2020-04-30T00:06:39.824Z'],
    [1_588_205_199_824_370, '2020-04-30T00:06:39.824Z'],
    ['1588205199824370000', '2020-04-30T00:06:39.824Z'],
    ['/Date(1588205199824)/', '2020-04-30T00:06:39.824Z'],
  ])('understands %s', (value, expected) => {
    expect(new Date(parseTime(value)).toISOString()).toBe(expected);
  });

  it.each([
    ['2023-02-29T00:00:00Z'],
    ['2024-13-01T00:00:00Z'],
    ['2024-01-01T24:00:00Z'],
    ['2024-01-01T00:00:00.Z'],
    ['2024-01-01T00:00:00Zulu'],
    ['1979-12-31T23:59:59Z'],
    ['1601-01-01T00:00:00Z'],
    ['12345'],
    ['soon'],
    [''],
    [0],
    [-1],
    [Number.POSITIVE_INFINITY],
    [null],
    [true],
    [{}],
    ['2024-01-01T00:00:00Z'.padEnd(100)],
  ])('does not understand %s', (value) => {
    expect(parseTime(value)).toBeNaN();
  });

  it('agrees with Date on every ISO time', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1980-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(parseTime(date.toISOString())).toBe(date.getTime());
      }),
    );
  });

  it('tells times that say their zone', () => {
    expect(parseZonedTime('2021-04-27T04:07:36.129Z')).toBe(Date.UTC(2021, 3, 27, 4, 7, 36, 129));
    expect(parseZonedTime('2021-04-27 04:07:36+0200')).toBe(Date.UTC(2021, 3, 27, 2, 7, 36));
    expect(parseZonedTime('2020-10-19 03:30:42.058')).toBeNaN();
    expect(parseZonedTime(1_588_205_199)).toBeNaN();
  });
});
