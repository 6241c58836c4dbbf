import { isInBlock, parseIpAddress, parseIpBlock } from '../../events/ip-block.js';
import type { StoredApiKey } from './api-key-store.js';

/** Why a key is refused. Written to the audit log; whoever presents the key is told none of it. */
export type KeyFault =
  | 'malformed'
  | 'unknown_key'
  | 'wrong_secret'
  | 'wrong_type'
  | 'other_environment'
  | 'revoked'
  | 'expired'
  | 'not_yet_valid'
  | 'address_not_allowed';

/** The circumstances of a key's use. */
export interface KeyUse {
  /** RFC 3339 UTC with milliseconds. */
  readonly now: string;
  /** Address of the client. */
  readonly address: string;
  readonly environment: 'development' | 'production';
}

/** Why a stored key is not good here and now; `undefined` where it is. */
export function keyFault(key: StoredApiKey, { now, address, environment }: KeyUse): KeyFault | undefined {
  if (key.environment !== null && key.environment !== environment) return 'other_environment';
  if (key.revoked_at !== null) return 'revoked';
  if (key.expires_at !== null && key.expires_at <= now) return 'expired';
  if (key.not_before !== null && key.not_before > now) return 'not_yet_valid';
  return isAllowed(address, key.allowed_cidrs) ? undefined : 'address_not_allowed';
}

/** Tells whether an address lies in any of the blocks, or there are none. What is no address lies in none. */
function isAllowed(address: string, blocks: readonly string[]): boolean {
  if (blocks.length === 0) return true;
  const client = parseIpAddress(address);
  return client !== undefined && blocks.map(parseIpBlock).some((block) => block !== undefined && isInBlock(block, client));
}
