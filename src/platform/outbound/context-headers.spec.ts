import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClsService } from 'nestjs-cls';
import { toTenantId } from '../../contracts/tenant.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { contextHeaders } from './context-headers.js';
import { OutboundHttp } from './outbound-http.js';

describe('calls that leave', () => {
  const cls = new ClsService<RequestContext>(new AsyncLocalStorage());
  const received: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    response.end();
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => new Promise((closed) => server.close(closed)));
  beforeEach(() => received.splice(0));

  const outbound = new OutboundHttp(['127.0.0.1'], undefined, () => contextHeaders(cls));
  const send = (headers: Record<string, string> = {}) => outbound.send({ url, method: 'GET', headers, signal: AbortSignal.timeout(5_000) });
  const inTenant = <T>(tenant: string, work: () => Promise<T>): Promise<T> =>
    cls.run(() => {
      cls.set('tenant', toTenantId(tenant));
      cls.set('correlationId', `req-${tenant}`);
      return work();
    });

  it('R21 carry the tenant and the correlation id of the work they are made for, without the caller doing anything', async () => {
    const tenants = Array.from({ length: 20 }, (_, n) => `tenant-${n}x`);
    await Promise.all(
      tenants.map((tenant, n) =>
        inTenant(tenant, async () => {
          await sleep(n % 5);
          await send({ 'X-Sent-For': tenant });
        }),
      ),
    );
    expect(received).toHaveLength(20);
    for (const headers of received) {
      expect([headers['x-tenant-id'], headers['x-correlation-id']]).toEqual([
        headers['x-sent-for'],
        `req-${String(headers['x-sent-for'])}`,
      ]);
    }
  });

  it('R21 carry nothing of a tenant outside of its work, and what a caller names itself is not doubled', async () => {
    await send();
    expect(received[0]).not.toHaveProperty('x-tenant-id');
    await inTenant('globex', () => send({ 'x-tenant-id': 'acme-corp' }));
    expect([received[1]?.['x-tenant-id'], received[1]?.['x-correlation-id']]).toEqual(['acme-corp', 'req-globex']);
  });
});
