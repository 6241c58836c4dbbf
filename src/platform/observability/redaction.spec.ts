import pino from 'pino';
import type { ClsService } from 'nestjs-cls';
import { readConfig } from '../config/environment.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { loggingParams } from './logging.js';

const KEY = 'gtr_live_abcDEF123456_s3cr3ts3cr3t_0a1b2c';
const JWS = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJqb2UifQ.c2lnbmF0dXJlLXM';

describe('redaction of log lines', () => {
  const lines: string[] = [];
  const cls = {
    isActive: () => true,
    get: (name: string) => (name === 'tenant' ? 'acme-corp' : 'req-1'),
  } as unknown as ClsService<RequestContext>;
  const { pinoHttp } = loggingParams(readConfig({ ENVIRONMENT: 'development' }), cls);
  const logger = pino(pinoHttp as pino.LoggerOptions, { write: (line: string) => void lines.push(line) });
  beforeEach(() => (lines.length = 0));

  it.each([
    ['a key', { reason: `the key ${KEY} is wrong` }, KEY],
    ['a token', { reason: `not a token: ${JWS}` }, JWS],
    ['a header', { headers: { Authorization: `Bearer ${JWS}`, 'X-API-Key': 'opaque-1' } }, 'opaque-1'],
    ['a header in a text', { reason: 'sent Authorization: Basic dXNlcjpwYXNz' }, 'dXNlcjpwYXNz'],
    ['a password in a URL', { url: 'redis://default:hunter2@cache:6379/0' }, 'hunter2'],
    ['a deep field', { request: { body: { list: [{ password: 'hunter2' }] } } }, 'hunter2'],
    ['an e-mail address', { reason: 'mail to jo.doe+x@corp.example.com bounced' }, 'jo.doe'],
    ['a person', { principal: 'jo.doe@acme-corp', analyst: 'jo.doe' }, 'jo.doe'],
    ['what a person wrote', { feedback: { comments: 'jo.doe did it' } }, 'jo.doe'],
    ['an error', { err: new Error(`no: ${KEY}`, { cause: new Error(`jo.doe@corp.example ${JWS}`) }) }, 'jo.doe'],
  ])('R30 hides %s in fields, messages and errors', (_name, fields, hidden) => {
    logger.warn(fields, `about ${JSON.stringify(fields)}`.slice(0, 20));
    logger.error(new Error('reason' in fields ? fields.reason : ''));
    expect(lines).toHaveLength(2);
    for (const line of lines) for (const text of [hidden, KEY, JWS]) expect(line).not.toContain(text);
  });

  it('R30 keeps what names things: ids, names of secrets, codes, addresses', () => {
    const fields = {
      event: 'secret.rotated',
      secret: 'JWT_SECRET',
      action_id: 'a-1',
      code: 'ECONNREFUSED',
      address: '203.0.113.9',
      user_agent: 'x',
    };
    logger.info(fields, 'plain');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      ...fields,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'info',
      service: 'gatra',
      correlation_id: 'req-1',
      tenant_id: 'acme-corp',
      message: 'plain',
    });
  });
});
