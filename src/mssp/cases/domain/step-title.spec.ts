import { titleOfStep } from './step-title.js';

describe('titleOfStep', () => {
  it('names what is done to what, where the record tells', () => {
    const details = { kind: 'isolate_host', target: { type: 'host', value: 'fs01' } };
    expect(titleOfStep({ action: 'containment.pending', details })).toBe('Isolate host fs01: pending');
    expect(titleOfStep({ action: 'incident.opened' })).toBe('Incident opened');
    expect(titleOfStep({ action: 'api_key.created', details: { kind: 7 } })).toBe('Api key created');
  });
});
