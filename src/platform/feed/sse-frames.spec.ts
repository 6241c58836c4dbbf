import { BEGINNING } from './feed-event.js';
import { beatFrame, eventFrame, openingFrame, resetFrame, retryFrame } from './sse-frames.js';

const POSITION = { seq: 7, mark: '0123abcd0123abcd0123abcd' };

describe('frames of server-sent events', () => {
  it('say what happened on one line, under an id that one resumes after', () => {
    const at = Date.parse('2026-11-22T10:00:00.000Z');
    const frame = eventFrame({ type: 'alert.raised', data: { alert_id: 'a\nb', version: 1 }, at, ...POSITION });
    expect(frame).toBe(
      'id: 7-0123abcd0123abcd0123abcd\nevent: alert.raised\ndata: {"type":"alert.raised","at":"2026-11-22T10:00:00.000Z","alert_id":"a\\nb","version":1}\n\n',
    );
  });

  it('begin with when to come back and where the stream begins', () => {
    expect(openingFrame(BEGINNING, new Set(['alert.raised']), 2_000)).toBe(
      'retry: 2000\n\nid: 0\nevent: open\ndata: {"types":["alert.raised"]}\n\n',
    );
  });

  it('are comments where nothing happens, with the position where that has moved on', () => {
    expect([beatFrame(undefined), beatFrame(POSITION)]).toEqual([':\n\n', ':\nid: 7-0123abcd0123abcd0123abcd\n\n']);
  });

  it('say what to do where events are missing, and when to come back', () => {
    expect(resetFrame(POSITION)).toMatch(
      /^id: 7-0123abcd0123abcd0123abcd\nevent: reset\ndata: \{"detail":"[^\n]*read the lists again[^\n]*"\}\n\n$/,
    );
    expect(retryFrame(2_000)).toBe('retry: 2000\n\n');
  });
});
