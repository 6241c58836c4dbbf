import { RecordingActuator } from '../../test/support/containment-rig.js';
import { Actuators } from './actuators.js';

describe('actuators', () => {
  it('are one for every kind of action', () => {
    const all = new RecordingActuator();
    expect(new Actuators([all]).of('isolate_host')).toBe(all);
    expect(() => new Actuators([all, Object.assign(new RecordingActuator(), { kinds: ['notify'] })])).toThrow(
      'two actuators carry out notify',
    );
    expect(() => new Actuators([Object.assign(new RecordingActuator(), { kinds: ['block_ip', 'block_domain'] })])).toThrow(
      'no actuator carries out isolate_host, disable_user',
    );
  });
});
