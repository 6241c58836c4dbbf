import type { Alert } from '../../contracts/alert.js';
import { measureAccuracy } from './accuracy.js';
import type { IntrusionStep } from './generator/generated-event.js';

const alert = (severity: string, ...evidence: string[]): Alert => ({ severity, evidence }) as unknown as Alert;
const step = (name: string): IntrusionStep => ({ step: name }) as IntrusionStep;

describe('measureAccuracy', () => {
  it('counts alerts about the intrusion, and steps that any alert is about', () => {
    const truth = new Map([
      ['b.0', { attack: true, step: 'phish' }],
      ['b.5', { attack: true, step: 'dump' }],
    ]);
    const alerts = [alert('high', 'b.0', 'b.1'), alert('low', 'b.2'), alert('critical', 'b.3')];
    expect(measureAccuracy(alerts, truth, [step('phish'), step('dump')])).toEqual({
      precision: { all: { of: 3, hits: 1 }, highAndCritical: { of: 2, hits: 1 } },
      steps: { of: 2, hits: 1 },
      missed: [step('dump')],
    });
  });
});
