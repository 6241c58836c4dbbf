/** An alert as services hand it on. */
export const ALERT = {
  alert_id: 'f0e1d2c3-0000-5000-8000-000000000001',
  tenant_id: 'acme-corp',
  created_at: '2026-01-15T09:30:00.000Z',
  updated_at: '2026-01-15T09:30:00.000Z',
  event_time: '2026-01-15T09:29:58.000Z',
  title: 'Encoded command line of PowerShell',
  reason: 'powershell.exe was started with an encoded command',
  severity: 'high',
  status: 'new',
  assignee: null,
  detector: 'sigma',
  rule: { id: 'rule-1', title: 'Encoded command', author: 'tests', level: 'high', license: 'Apache-2.0' },
  entities: [{ type: 'host', value: 'ws-12' }],
  techniques: ['T1059.001'],
  tactics: ['execution'],
  evidence: [],
  count: 1,
  rarity: null,
  indicator_confidence: null,
  verdict: null,
  incident_id: null,
  correlation_id: 'req-1',
  version: 1,
};

/** What TAA is asked about it. */
export const TRIAGE = { alert: ALERT, context: { repetitions: 0, prior_tactics: [] } };
