import { otlpHeadersFault } from './otlp-headers.js';

describe('headers of calls to the collector', () => {
  it.each(['authorization=Bearer%20abc', 'x-key=1,other = 2'])('R33 takes %j', (text) => {
    expect(otlpHeadersFault(text, 'https://otel.example', true)).toBeUndefined();
  });

  it.each(['', 'secret-value', 'a=b;c', 'a=b c', '=x'])('R33 refuses %j without showing it', (text) => {
    const fault = otlpHeadersFault(text, 'https://otel.example', true);
    expect(fault).toMatch(/^must be pairs/);
    expect(fault).not.toContain(text || 'secret-value');
  });

  it('R33 in production they do not leave the machine in plain text', () => {
    expect(otlpHeadersFault('a=b', 'http://otel.example:4318', true)).toMatch(/plain text/);
    expect(otlpHeadersFault('a=b', 'http://otel.example:4318', false)).toBeUndefined();
    expect(otlpHeadersFault('a=b', 'http://127.0.0.1:4318', true)).toBeUndefined();
    expect(otlpHeadersFault('a=b', null, true)).toBeUndefined();
  });
});
