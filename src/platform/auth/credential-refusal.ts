import type { TenantId } from '../../contracts/tenant.js';
import type { KeyFault } from './key-fault.js';

/** Why a credential was refused, for the audit log; whoever presented it is told none of it. */
export interface CredentialRefusal {
  readonly reason: KeyFault | 'bad_token' | 'token_expired' | 'token_revoked' | 'key_of_token_ended';
  /** Tenant that the credential would have been of, as far as it names one that can be believed. */
  readonly tenant: TenantId | null;
  /** Stored key whose id was presented, or that the token was exchanged for. */
  readonly keyId: string | null;
}
