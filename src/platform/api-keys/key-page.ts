import type { StoredApiKey } from '../auth/api-key-store.js';
import { decodeCursor, toPage } from '../http/page.js';
import { toApiKeyDto, type ApiKeyPageDto } from './api-key.dto.js';

/** Where a list of keys goes on. @throws Problem 400 */
export function positionOf(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : String(decodeCursor(cursor, ['string'])[0]);
}

/** A page of keys from one more than its limit. */
export function keyPage(keys: readonly StoredApiKey[], limit: number): ApiKeyPageDto {
  const page = toPage(keys, limit, (key) => [key.created_at + key.key_id]);
  return { items: page.items.map(toApiKeyDto), next_cursor: page.next_cursor };
}
