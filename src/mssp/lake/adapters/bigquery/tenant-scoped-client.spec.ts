import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { policiesWith } from '../../../../../test/support/outbound-policies.js';
import { toTenantId } from '../../../../contracts/tenant.js';
import { judgeBigQuery } from './bigquery-fault.js';
import { BigQueryRest } from './bigquery-rest.js';
import type { BigQuerySettings } from './bigquery-settings.js';
import { TenantScopedBigQueryClient } from './tenant-scoped-client.js';

type Answer = readonly [status: number, body: unknown];

const QUICK = { RETRY_BIGQUERY_BASE_DELAY: '0.001', RETRY_BIGQUERY_MAX_DELAY: '0.002' };
const ROWS = {
  jobComplete: true,
  schema: { fields: [{ name: 'n' }, { name: 'rules' }] },
  rows: [{ f: [{ v: '1' }, { v: [{ v: 'a' }] }] }],
};
const refusal = (status: number, reason: string): Answer => [status, { error: { code: status, errors: [{ reason, message: 'told so' }] } }];

describe('the client of a tenant', () => {
  let server: Server;
  let answers: Answer[];
  let asked: { readonly url: string; readonly body: Record<string, unknown> }[];
  beforeEach(async () => {
    [answers, asked] = [[], []];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        asked.push({ url: request.url ?? '', body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) });
        const [status, body] = answers.shift() ?? [500, {}];
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterEach(
    () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  );

  const client = (settings: Partial<BigQuerySettings> = {}): TenantScopedBigQueryClient => {
    const rest = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const endpoint = { rest, host: '127.0.0.1', port: 1, plain: true };
    const all: BigQuerySettings = {
      project: 'gatra-lake',
      location: 'EU',
      writer: 'insert-all',
      maximumBytesBilled: 5e9,
      endpoint,
      ...settings,
    };
    const policy = policiesWith(QUICK).dependency('bigquery', 'bigquery', judgeBigQuery).policy();
    return new TenantScopedBigQueryClient(toTenantId('acme-1'), { settings: all, rest: new BigQueryRest(all), policy });
  };
  const query = (own = client()): Promise<unknown> =>
    own.query('events', (table) => `SELECT n FROM ${table}`, {
      host: { type: 'STRING', value: "' {{projectId}}" },
      at: { type: 'TIMESTAMP', value: 0 },
    });

  it('asks with values apart, for one dataset, within what may be read, in the name of the tenant', async () => {
    answers = [[200, ROWS]];
    expect(await query()).toEqual([{ n: '1', rules: ['a'] }]);
    expect(asked[0]).toMatchObject({
      url: expect.stringContaining('/projects/gatra-lake/queries'),
      body: {
        query: 'SELECT n FROM `gatra-lake.gatra_acme_1.events`',
        location: 'EU',
        maximumBytesBilled: '5000000000',
        labels: { gatra_tenant: 'acme-1' },
        useLegacySql: false,
        useQueryCache: false,
        parameterMode: 'NAMED',
        queryParameters: [
          { name: 'host', parameterType: { type: 'STRING' }, parameterValue: { value: "' {{projectId}}" } },
          { name: 'at', parameterType: { type: 'TIMESTAMP' }, parameterValue: { value: '1970-01-01T00:00:00.000Z' } },
        ],
      },
    });
  });

  it('waits for a query that goes on, and reads all of its pages', async () => {
    const jobReference = { jobId: 'job-1', location: 'EU' };
    answers = [
      [200, { jobComplete: false, jobReference }],
      [200, { ...ROWS, jobReference, pageToken: 'next' }],
      [200, { ...ROWS, jobReference }],
    ];
    expect(await query()).toHaveLength(2);
    expect(asked.slice(1).map(({ url }) => new URL(url, 'http://x').searchParams.get('pageToken'))).toEqual([null, 'next']);
    expect(asked[2]?.url).toContain('/queries/job-1');
  });

  it('gives up on a query that does not end', async () => {
    answers = Array.from({ length: 50 }, () => [200, { jobComplete: false, jobReference: { jobId: 'job-1' } }]);
    await expect(query(client({ queryMs: 0 }))).rejects.toMatchObject({ name: 'OutboundUnavailable', reason: 'timeout' });
  });

  it.each([
    [
      'an error beside a status of success',
      [200, { jobComplete: true, errors: [{ reason: 'invalidQuery', message: 'told so' }] }] as Answer,
    ],
    ['a query that would read too much', refusal(400, 'bytesBilledLimitExceeded')],
    ['no access', refusal(403, 'accessDenied')],
    ['what is missing', refusal(404, 'notFound')],
  ])('refuses, and asks once: %s', async (_, answer) => {
    answers = [answer, [200, ROWS]];
    await expect(query()).rejects.toMatchObject({
      name: 'LakeRefused',
      message: expect.stringMatching(/acme-1 \(dataset gatra_acme_1\).*told so/),
    });
    expect(asked).toHaveLength(1);
  });

  it.each([
    refusal(503, 'backendError'),
    refusal(429, 'rateLimitExceeded'),
    refusal(403, 'quotaExceeded'),
    refusal(400, 'jobInternalError'),
  ])('asks again where it passes: %j', async (...answer) => {
    answers = [answer as Answer, [200, ROWS]];
    expect(await query()).toHaveLength(1);
  });

  it('keeps errors short', async () => {
    answers = [[400, { error: { code: 400, errors: [{ reason: 'invalid', message: `a\n${'x'.repeat(10_000)}` }] } }]];
    const error = (await query().catch((thrown: unknown) => thrown)) as Error;
    expect(error.message.length).toBeLessThan(450);
    expect(error.message).not.toContain('\n');
  });
});
