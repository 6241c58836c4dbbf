import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsString, Matches, MaxLength } from 'class-validator';
import type { StoredApiKey } from '../../platform/auth/api-key-store.js';
import { IsTime } from '../../platform/http/is-time.js';
import { MayBeLeftOut } from '../../platform/http/may-be-left-out.js';

/** Roles that a tenant's key can hold. */
export const TENANT_ROLES = ['collector', 'viewer', 'analyst', 'responder', 'tenant-admin'] as const;

/** A new API key of a tenant. */
export class CreateApiKeyBody {
  /** Whose key it is. Keys of one person carry the same principal, so that nobody approves with a second key. */
  @Matches(/^[A-Za-z0-9._@+-]{1,128}$/)
  @ApiProperty({ example: 'jo@acme-corp' })
  principal: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(TENANT_ROLES.length)
  @ArrayUnique()
  @IsIn(TENANT_ROLES, { each: true })
  @ApiProperty({ enum: TENANT_ROLES, isArray: true, example: ['analyst'] })
  roles: (typeof TENANT_ROLES)[number][];

  @IsString()
  @MaxLength(200)
  @MayBeLeftOut()
  label?: string;

  /** When it stops working, RFC 3339; never, where left out. */
  @IsTime()
  @MayBeLeftOut()
  expires_at?: string;
}

/** What is shown of an API key; the key itself is shown once, when it is made. */
export class ApiKeyDto {
  key_id: string;
  tenant_id: string;
  principal: string;
  roles: string[];
  label: string;
  created_at: string;
  created_by: string;
  expires_at: string | null;
  revoked_at: string | null;
  /** Precise to the minute. */
  last_used_at: string | null;
}

/** A key that was just made. */
export class CreatedApiKeyDto extends ApiKeyDto {
  /** The key. It is not stored and cannot be shown again. */
  api_key: string;
}

/** A page of keys. */
export class ApiKeyPageDto {
  items: ApiKeyDto[];
  next_cursor: string | null;
}

/** Leaves out what must not be shown. */
export function toApiKeyDto(key: StoredApiKey): ApiKeyDto {
  return {
    key_id: key.key_id,
    tenant_id: key.tenant_id ?? '',
    principal: key.principal,
    roles: [...key.roles],
    label: key.label,
    created_at: key.created_at,
    created_by: key.created_by,
    expires_at: key.expires_at,
    revoked_at: key.revoked_at,
    last_used_at: key.last_used_at,
  };
}
