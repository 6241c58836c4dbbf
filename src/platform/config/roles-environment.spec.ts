import { readConfig } from './environment.js';
import { EnvironmentError } from './variable-reader.js';

const ELSEWHERE = { TAA_URL: 'http://taa.example', CRA_URL: 'http://cra.example', CLA_URL: 'http://cla.example' };

function faultsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as EnvironmentError).faults;
  }
}

describe('what a process does', () => {
  it('R06 is everything unless it is told otherwise, and asks no other process', () => {
    expect(readConfig({})).toMatchObject({
      roles: ['mssp', 'ada', 'taa', 'cra', 'cla'],
      agents: { taaUrl: null, craUrl: null, claUrl: null },
    });
  });

  it('R06 is one agent alone, or orchestration that knows where the others are', () => {
    for (const role of ['ada', 'taa', 'cra', 'cla', 'taa,cla']) expect([role, faultsOf({ GATRA_ROLES: role })]).toEqual([role, []]);
    expect(readConfig({ GATRA_ROLES: 'mssp,ada', ...ELSEWHERE })).toMatchObject({
      roles: ['mssp', 'ada'],
      agents: { taaUrl: 'http://taa.example', craUrl: 'http://cra.example', claUrl: 'http://cla.example' },
    });
    expect(faultsOf({ GATRA_ROLES: 'mssp,ada,cla', TAA_URL: 'http://taa.example', CRA_URL: 'http://cra.example' })).toEqual([]);
  });

  it('OPS-10 is refused where a part would be missing, by the names of all that is missing', () => {
    expect(faultsOf({ GATRA_ROLES: 'mssp' })).toEqual([
      'GATRA_ROLES must have ada beside mssp: events are inspected where they are stored',
      'TAA_URL must say where taa is, as GATRA_ROLES leaves it out',
      'CRA_URL must say where cra is, as GATRA_ROLES leaves it out',
      'CLA_URL must say where cla is, as GATRA_ROLES leaves it out',
    ]);
    expect(faultsOf({ GATRA_ROLES: 'mssp,ads' })).toContainEqual('GATRA_ROLES must list some of mssp, ada, taa, cra, cla');
    expect(faultsOf({ GATRA_ROLES: 'taa', CLA_URL: 'http://joe:secret@cla.example' }).join()).toMatch(
      /^CLA_URL must be an http or https URL[^@]*$/,
    );
  });
});
