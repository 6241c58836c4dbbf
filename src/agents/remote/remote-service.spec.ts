import { IsInt } from 'class-validator';
import { AgentAway } from '../../contracts/agent-away.js';
import { toTenantId } from '../../contracts/tenant.js';
import {
  ServiceCallFailed,
  type CallContext,
  type ServiceAnswer,
  type ServiceCall,
} from '../../platform/service-auth/signed-http-client.js';
import { RemoteService } from './remote-service.js';

class Count {
  @IsInt()
  count: number;
}

describe('an agent that runs elsewhere', () => {
  const calls: ServiceCall[] = [];
  const contexts: CallContext[] = [];
  let answer: ServiceAnswer | Error;
  const client = {
    post: async (call: ServiceCall, context: CallContext): Promise<ServiceAnswer> => {
      calls.push(call);
      contexts.push(context);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const ask = (base = 'http://taa.example:8080/gatra/'): Promise<Count> =>
    new RemoteService(client, 'taa', base).ask(
      { tenant: toTenantId('acme-corp'), correlationId: 'req-1', path: 'api/v1/count', body: {} },
      Count,
    );
  const says = (status: number, body: unknown): void => {
    answer = { status, headers: new Headers(), body };
  };

  it('R07 is asked at its URL for the tenant and in the course of the request, each time under a key of its own', async () => {
    says(200, { count: 3, added_later: true });
    expect({ ...(await ask()) }).toEqual({ count: 3 });
    await ask();
    expect(calls.map(({ url }) => url.href)).toEqual(Array(2).fill('http://taa.example:8080/gatra/api/v1/count'));
    const context = { tenant: 'acme-corp', correlationId: 'req-1' };
    expect(contexts).toEqual([context, context]);
    expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
  });

  it.each([401, 403, 404, 429, 500, 502, 503])('is away where %s is answered', async (status) => {
    says(status, undefined);
    await expect(ask()).rejects.toThrow(AgentAway);
  });

  it('R06 is away where nothing is answered', async () => {
    answer = new ServiceCallFailed('no answer from taa');
    await expect(ask()).rejects.toThrow(AgentAway);
  });

  it('R06 is away where it does not know a field yet, and says which', async () => {
    says(422, { title: 'Invalid', errors: [{ pointer: '/alert/added_later', code: 'unknown_field', detail: 'no such field' }] });
    const asked = ask();
    await expect(asked).rejects.toThrow(AgentAway);
    await expect(asked).rejects.toThrow(/^taa is of an earlier release: it does not know \/alert\/added_later$/);
  });

  it.each([[{ errors: 'unknown_field' }], [{ errors: [null, 7, {}] }], [{ errors: [{ code: 'isString', pointer: '/a' }] }], [undefined]])(
    'has failed where it refuses with %j',
    async (body) => {
      says(422, body);
      await expect(ask()).rejects.toThrow(/^taa answered 422$/);
    },
  );

  it.each([[{}], [{ count: '3' }], [[]], [[{ count: 3 }]], [null], [undefined], ['count'], [{ count: 1.5 }]])(
    'has failed where it answers %j',
    async (body) => {
      says(200, body);
      await expect(ask()).rejects.toThrow(/^taa answered what was not agreed$/);
    },
  );

  it('has failed where it refuses what was asked, and says with which title', async () => {
    says(422, { title: 'Invalid' });
    await expect(ask()).rejects.toThrow(/^taa answered 422: Invalid$/);
  });
});
