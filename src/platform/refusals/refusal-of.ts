import type { Response } from 'express';
import { PLATFORM_LOG } from '../audit/audit-log.js';
import type { AuditActor } from '../audit/audit-record.js';
import type { AdmittedRequest } from '../auth/caller.decorator.js';
import { logOfCaller } from '../auth/log-of-caller.js';
import { actorOf } from '../auth/principal.js';
import { correlationIdOf } from '../http/correlation-id.js';
import type { ProblemType } from '../problems/problem-types.js';
import type { Problem } from '../problems/problem.js';
import type { LedgerEntry } from '../audit/summing-ledger.js';

/** Problems that say something of who asks: a credential that is none, one that does not suffice, and a limit that was hit. */
const ACTIONS: Partial<Readonly<Record<ProblemType, string>>> = {
  unauthenticated: 'credential.refused',
  'credential-in-url': 'credential.exposed',
  forbidden: 'access.refused',
  'tenant-not-held': 'access.refused',
  'tenant-suspended': 'access.refused',
  'own-request': 'access.refused',
  'recent-sign-in-needed': 'access.refused',
  'rate-limited': 'limit.hit',
  'quota-exceeded': 'limit.hit',
  'storage-full': 'limit.hit',
};

/** The audit record of a refused request; `undefined` for errors of another kind. It holds nothing that the request brought as text. */
export function refusalOf(problem: Problem, request: AdmittedRequest, response: Response, sourceIp: string): LedgerEntry | undefined {
  const action = ACTIONS[problem.type];
  if (action === undefined) return undefined;
  const { refusal } = request;
  const permission = problem.extra.members?.['permission'];
  return {
    log: logOf(request),
    entry: {
      action,
      actor: whoAsks(request),
      target: { type: 'route', id: `${request.method} ${routeOf(request)}`.slice(0, 200) },
      outcome: 'refused',
      correlation_id: correlationIdOf(response),
      source_ip: sourceIp,
      details: {
        problem: problem.type,
        ...(refusal && problem.type === 'unauthenticated' ? { reason: refusal.reason } : {}),
        ...(typeof permission === 'string' ? { permission } : {}),
      },
    },
  };
}

/** The tenant's log where the credential is known to be of one tenant, else the platform's. What a header or path names is no credential. */
function logOf({ caller, refusal }: AdmittedRequest): string {
  return caller ? logOfCaller(caller) : (refusal?.tenant ?? PLATFORM_LOG);
}

function whoAsks({ caller, refusal }: AdmittedRequest): AuditActor {
  if (caller) return actorOf(caller.principal);
  return { type: 'anonymous', id: refusal?.keyId ?? 'anonymous' };
}

function routeOf(request: AdmittedRequest): string {
  const route: unknown = request.route;
  return typeof route === 'object' && route !== null && 'path' in route ? String(route.path) : 'unmatched';
}
