import type { Attempt } from './attempt.js';
import { judge, type ProbeAnswer } from './judge.js';
import { missingLike } from './known-ids.js';

const request = { method: 'GET', path: '/api/v1/alerts/a-1', headers: {}, body: undefined };
const attempt: Attempt = {
  operation: {
    method: 'GET',
    path: '/api/v1/alerts/{alert_id}',
    permission: 'alerts:read',
    isOfTenant: true,
    isPublic: false,
    schemes: ['bearer'],
    parameters: [],
    body: undefined,
    isStream: false,
  },
  place: 'path',
  names: ['alert_id'],
  accepts: 'refusal',
  request,
  twin: { ...request, path: '/api/v1/alerts/c-9' },
  swaps: [{ foreign: 'a-1', missing: 'c-9' }],
};
const CANARIES = ['canary-host', 'a-1'];
const refusal = (id: string, more: Partial<ProbeAnswer> = {}): ProbeAnswer => ({
  status: 404,
  headers: { 'content-length': '30', date: id },
  text: `{"instance":"/api/v1/alerts/${id}"}`,
  ...more,
});
const faults = (of: Attempt, answer: ProbeAnswer, twin?: ProbeAnswer): string[] =>
  judge(of, answer, twin, CANARIES).map(({ fault }) => fault);

describe('judging an answer', () => {
  it('passes a refusal that is the same as for what is missing, the id itself and the date aside', () => {
    expect(faults(attempt, refusal('a-1'), refusal('c-9'))).toEqual([]);
  });

  it('finds every way of leaking', () => {
    expect(faults(attempt, refusal('a-1', { status: 200 }), refusal('c-9'))).toEqual(['answered', 'told_apart']);
    expect(faults(attempt, refusal('a-1', { text: 'canary-host' }), refusal('c-9'))).toEqual(['leaked', 'told_apart']);
    expect(faults(attempt, refusal('a-1', { headers: { 'x-host': 'canary-host' } }), refusal('c-9'))).toEqual(['leaked', 'told_apart']);
    expect(faults(attempt, refusal('a-1', { headers: { 'content-length': '31' } }), refusal('c-9'))).toEqual(['told_apart']);
    expect(faults(attempt, refusal('a-1', { status: 403 }), refusal('c-9'))).toEqual(['told_apart']);
    expect(faults(attempt, refusal('a-1', { status: 409 }), refusal('c-9', { status: 409 }))).toEqual(['answered']);
    expect(faults(attempt, refusal('a-1', { status: 500 }), refusal('c-9', { status: 500 }))).toEqual(['failed', 'answered']);
  });

  it('takes nothing found for an answer to a filter, and nothing foreign for what is shown plainly', () => {
    const filter: Attempt = { ...attempt, place: 'query', accepts: 'nothing' };
    const list = (items: unknown[]): ProbeAnswer => ({ status: 200, headers: {}, text: JSON.stringify({ items }) });
    expect(faults(filter, list([]), list([]))).toEqual([]);
    expect(faults(filter, list([{ host: 'x' }]), list([{ host: 'x' }]))).toEqual(['answered']);
    const plain: Attempt = { ...attempt, place: 'plain', accepts: 'own', twin: undefined, swaps: [] };
    expect(faults(plain, list([{ host: 'mine' }]))).toEqual([]);
    expect(faults(plain, list([{ alert_id: 'a-1' }]))).toEqual(['leaked']);
  });
});

describe('an identifier of nothing', () => {
  const digit = (below: number): number => below - 1;

  it('has the form and the length of the one it stands for', () => {
    expect(missingLike('018f2a3b-1c2d-7e3f-8a9b-0c1d2e3f4a5b.17', digit)).toBe('018f2a3b-1c2d-7f9f-8f9f-9f9f9f9f9f9f.17');
    expect(missingLike('indicator--00000000-0000-4000-8000-000000000000', digit)).toMatch(
      /^indicator--00000000-0000-4\w{3}-8\w{3}-\w{12}$/,
    );
    expect(missingLike('AbCd09', digit)).toBe('FfFf99');
    expect(missingLike('acme-corp', digit)).toBe('ffff-ffff');
  });
});
