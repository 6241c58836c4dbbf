import { Controller, Get, Module } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { toTenantId } from '../../src/contracts/tenant.js';
import { AllowEverybody, Allow, AllowPlatform } from '../../src/platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../../src/platform/auth/caller.decorator.js';
import { contextHeaders } from '../../src/platform/outbound/context-headers.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import type { RequestContext } from '../../src/platform/tenancy/request-context.js';
import { startApp, type RunningApp } from '../support/running-app.js';

let handled: string[] = [];

@Controller('api/v1/tenant-needed')
class NeedyController {
  @Get('tenant')
  @Allow('alerts:read')
  ofTenant(@InTenant() { tenant }: TenantCaller): { tenant: string } {
    handled.push(tenant);
    return { tenant };
  }

  @Get('platform')
  @AllowPlatform('platform:operate')
  ofPlatform(@InTenant() { tenant }: TenantCaller): { tenant: string } {
    handled.push(tenant);
    return { tenant };
  }

  @Get('public')
  @AllowEverybody()
  ofEverybody(@InTenant() { tenant }: TenantCaller): { tenant: string } {
    handled.push(tenant);
    return { tenant };
  }
}

@Module({ controllers: [NeedyController] })
class NeedyModule {}

describe('what needs a tenant', () => {
  let running: RunningApp;
  let cls: ClsService<RequestContext>;

  beforeAll(async () => {
    running = await startApp({ imports: [NeedyModule] });
    cls = running.app.get<ClsService<RequestContext>>(ClsService, { strict: false });
  });
  afterAll(() => running.close());
  beforeEach(() => {
    handled = [];
  });

  const get = async (route: string, token: string, headers: Record<string, string> = {}): Promise<[number, unknown]> => {
    const answer = await fetch(`${running.baseUrl}/api/v1/tenant-needed/${route}`, {
      headers: { Authorization: `Bearer ${token}`, ...headers },
    });
    return [answer.status, await answer.json()];
  };

  it('R20 a handler is given the tenant of the credential', async () => {
    expect(await get('tenant', await running.token('acme-corp', 'analyst'))).toEqual([200, { tenant: 'acme-corp' }]);
  });

  it.each(['platform', 'public'])(
    'R20 a handler of a %s route that asks for a tenant is never run, whatever the headers say',
    async (route) => {
      const token = await running.token('platform');
      const [status, body] = await get(route, token, { 'X-Tenant-ID': 'acme-corp' });
      expect([status, handled]).toEqual([500, []]);
      expect(body).toMatchObject({ status: 500 });
      expect(JSON.stringify(body)).not.toContain('acme-corp');
    },
  );

  it('R20 there is no tenant outside a request, none can be set there, and nothing that leaves names one', () => {
    expect([cls.isActive(), cls.get('tenant'), contextHeaders(cls)]).toEqual([false, undefined, {}]);
    expect(() => cls.set('tenant', toTenantId('acme-corp'))).toThrow(/context/i);
  });

  it('R20 nothing is stored or read without a tenant', async () => {
    const databases = running.app.get(TenantDatabases, { strict: false });
    for (const none of [undefined, null]) {
      await expect(databases.of(none as never)).rejects.toThrow();
      expect(() => tenantDirectoryPath(running.dataDir, none as never)).toThrow();
    }
    for (const text of ['', '*', '../acme-corp', 'ACME']) expect(() => toTenantId(text)).toThrow(TypeError);
  });
});
