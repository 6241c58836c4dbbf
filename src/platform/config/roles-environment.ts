import { SERVICES, type ServiceName } from '../service-auth/service-name.js';
import type { Config } from './config.js';
import type { VariableReader } from './variable-reader.js';

/** Agents that orchestration asks, and where each is that runs elsewhere. */
const ASKED = { taa: 'TAA_URL', cra: 'CRA_URL', cla: 'CLA_URL' } as const;

/** Reads what this process does, and where the agents are that it leaves out. */
export function readRoles(reader: VariableReader): Pick<Config, 'roles' | 'agents'> {
  const roles = reader.someOf<ServiceName>('GATRA_ROLES', SERVICES);
  const urls = { taa: reader.serviceUrl('TAA_URL'), cra: reader.serviceUrl('CRA_URL'), cla: reader.serviceUrl('CLA_URL') };
  if (roles.includes('mssp')) {
    if (!roles.includes('ada')) reader.refuse('GATRA_ROLES must have ada beside mssp: events are inspected where they are stored');
    for (const [role, variable] of Object.entries(ASKED) as [keyof typeof ASKED, string][])
      if (!roles.includes(role) && urls[role] === null)
        reader.refuse(`${variable} must say where ${role} is, as GATRA_ROLES leaves it out`);
  }
  return { roles, agents: { taaUrl: urls.taa, craUrl: urls.cra, claUrl: urls.cla } };
}
