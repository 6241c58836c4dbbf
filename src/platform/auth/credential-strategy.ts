import type { AdmittedRequest } from './caller.decorator.js';
import type { RouteAccess } from './allow.decorator.js';
import type { Principal } from './principal.js';

/** Injection token of the strategies in force, in the order they are asked. */
export const CREDENTIAL_STRATEGIES = Symbol('credential strategies');

/** One way of saying who calls. The guard asks the first strategy that applies, and no other. */
export abstract class CredentialStrategy {
  /** Tells whether the request brings this kind of credential, to a route that takes it. */
  abstract applies(request: AdmittedRequest, access: RouteAccess): boolean;

  /** Whose credential it is; `undefined` for a bad one of whatever kind. */
  abstract authenticate(request: AdmittedRequest, access: RouteAccess): Promise<Principal | undefined>;
}
