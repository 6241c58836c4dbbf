import type { Alert } from '../../../contracts/alert.js';
import { toTenantId } from '../../../contracts/tenant.js';
import { TLP_MARKINGS } from '../../../contracts/tlp.js';
import { leavingAlert } from './leaving-alert.js';

const AT = '2026-01-15T09:30:00.000Z';
const ALERT: Alert = {
  alert_id: 'a1',
  tenant_id: toTenantId('acme-corp'),
  created_at: AT,
  updated_at: AT,
  event_time: AT,
  title: 'Indicator seen: secret-name',
  reason: 'domain "secret.example" on ws-1 is an indicator "secret-name" of secret-source',
  severity: 'high',
  status: 'new',
  assignee: null,
  detector: 'intel',
  rule: { id: 'i1', title: 'Indicator seen: secret-name', author: 'secret-source', level: 'high', license: '' },
  entities: [{ type: 'domain', value: 'secret.example' }],
  techniques: [],
  tactics: [],
  evidence: ['b1.0'],
  count: 1,
  rarity: null,
  indicator_confidence: 0.9,
  verdict: null,
  incident_id: null,
  correlation_id: 'req-1',
  version: 1,
};

describe('leavingAlert', () => {
  it('tells nothing of an indicator that is marked TLP:RED but that it was seen', () => {
    const red = leavingAlert({ ...ALERT, indicator_tlp: 'red' });
    expect(JSON.stringify(red)).not.toContain('secret');
    expect(red).toMatchObject({ alert_id: 'a1', rule: { id: 'i1' }, severity: 'high', evidence: ['b1.0'], indicator_tlp: 'red' });
  });

  it('leaves every other alert as it is', () => {
    const others = [ALERT, ...TLP_MARKINGS.filter((tlp) => tlp !== 'red').map((indicator_tlp): Alert => ({ ...ALERT, indicator_tlp }))];
    expect(others.map(leavingAlert)).toEqual(others);
  });
});
