import pino from 'pino';
import type { ClsService } from 'nestjs-cls';
import { readConfig } from '../config/environment.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { loggingParams } from './logging.js';

const HOSTILE: readonly (readonly [string, string])[] = [
  ['line breaks', 'a\r\n{"level":"fatal"}\n'],
  ['ANSI', '\x1b[31mred\x1b]0;title\x07\x9b'],
  ['line separators', 'a\u2028b\u2029c\u0085'],
  ['JSON closers', '"}],"level":"fatal","x":{"'],
  ['format strings', '%s%d%j%o%n%x'],
  ['half a character', '\ud800'],
  ['NUL and BOM', '\u0000\ufeff'],
  ['1 MiB', '😀'.repeat(512 * 1024)],
];

describe('log lines', () => {
  const lines: string[] = [];
  const cls = { isActive: () => false } as unknown as ClsService<RequestContext>;
  const { pinoHttp } = loggingParams(readConfig({ ENVIRONMENT: 'development' }), cls);
  const logger = pino(pinoHttp as pino.LoggerOptions, { write: (line: string) => void lines.push(line) });

  it.each(HOSTILE)('HOS-07 are one JSON object each, and not long, with %s in every field', (_name, text) => {
    const nested = { host: text, user_agent: text, path: text, headers: { [text]: text }, list: Array(100).fill(text.slice(0, 100)) };
    const cases: readonly (() => void)[] = [
      () => logger.info({ tenant_id: text, principal: text, title: text, request: nested }, 'constant'),
      () => logger.info({ [text]: text }, text),
      () => logger.info(text),
      () => logger.error({ err: new Error(text, { cause: new TypeError(text) }), event: 'request.failed' }, 'failed'),
      () => logger.error({ err: new Error(text), event: 'alerts.failed' }),
      () => logger.error(new Error(text)),
      () => logger.error({ reason: new AggregateError([new Error(text)], text) }, 'failed'),
    ];
    for (const write of cases) {
      lines.length = 0;
      write();
      expect(lines).toHaveLength(1);
      const [line = ''] = lines;
      expect(line.indexOf('\n')).toBe(line.length - 1);
      const record = JSON.parse(line) as Record<string, unknown>;
      expect(['info', 'error']).toContain(record['level']);
      expect(record['service']).toBe('gatra');
      expect(typeof record['message']).toBe('string');
      expect(line.length).toBeLessThan(64_000);
    }
  });
});
