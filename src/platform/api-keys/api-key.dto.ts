import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import type { StoredApiKey } from '../auth/api-key-store.js';
import { PERMISSION_NAMES, type Permission } from '../auth/permissions.js';
import { IsTime } from '../http/is-time.js';
import { MayBeLeftOut } from '../http/may-be-left-out.js';
import { IsIpBlock } from './is-ip-block.js';

/** Roles that a tenant's key can hold. */
export const TENANT_ROLES = ['collector', 'viewer', 'analyst', 'responder', 'tenant-admin'] as const;

const KINDS = ['person', 'collector', 'service'] as const;
const MOST_BLOCKS = 32;
const DAY_SECONDS = 86_400;

/** What may be said of any new key. */
export class CreatePlatformKeyBody {
  /** Whose key it is. Keys of one person carry the same principal, so that nobody approves with a second key. */
  @Matches(/^[A-Za-z0-9._@+-]{1,128}$/)
  @ApiProperty({ example: 'jo@acme-corp' })
  principal: string;

  /** A program that acts for itself is a `service`: it needs `scopes`, and none that a person must decide on. */
  @IsIn(KINDS)
  @MayBeLeftOut()
  @ApiProperty({ enum: KINDS, required: false })
  kind?: (typeof KINDS)[number];

  /** What it may do of all that its roles may; all of it, where left out. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(PERMISSION_NAMES.length)
  @ArrayUnique()
  @IsIn(PERMISSION_NAMES, { each: true })
  @MayBeLeftOut()
  @ApiProperty({ enum: PERMISSION_NAMES, isArray: true, required: false })
  scopes?: Permission[];

  /** Addresses or blocks (CIDR) that it may be used from; anywhere, where left out. */
  @IsArray()
  @ArrayMaxSize(MOST_BLOCKS)
  @ArrayUnique()
  @IsIpBlock()
  @MayBeLeftOut()
  allowed_cidrs?: string[];

  @IsString()
  @MaxLength(200)
  @MayBeLeftOut()
  label?: string;

  /** When it begins to work, RFC 3339; at once, where left out. */
  @IsTime()
  @MayBeLeftOut()
  not_before?: string;

  /** When it stops working, RFC 3339; as late as a key may (`API_KEY_MAX_DAYS`), where left out. */
  @IsTime()
  @MayBeLeftOut()
  expires_at?: string;
}

/** A new API key of a tenant. */
export class CreateApiKeyBody extends CreatePlatformKeyBody {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(TENANT_ROLES.length)
  @ArrayUnique()
  @IsIn(TENANT_ROLES, { each: true })
  @ApiProperty({ enum: TENANT_ROLES, isArray: true, example: ['analyst'] })
  roles: (typeof TENANT_ROLES)[number][];
}

/** How a key is rotated. */
export class RotateApiKeyBody {
  /** How long the old key goes on working, at most 7 days. */
  @IsInt()
  @Min(0)
  @Max(7 * DAY_SECONDS)
  @MayBeLeftOut()
  @ApiProperty({ required: false, default: DAY_SECONDS, example: 3_600 })
  overlap_seconds: number = DAY_SECONDS;
}

/** What is shown of an API key; the key itself is shown once, when it is made. */
export class ApiKeyDto {
  key_id: string;
  /** Null for keys of the platform itself. */
  tenant_id: string | null;
  principal: string;
  @ApiProperty({ enum: KINDS })
  kind: StoredApiKey['kind'];
  roles: string[];
  /** Null: all that the roles may. */
  @ApiProperty({ type: String, isArray: true, nullable: true })
  scopes: string[] | null;
  /** Empty: anywhere. */
  allowed_cidrs: string[];
  label: string;
  created_at: string;
  created_by: string;
  not_before: string | null;
  expires_at: string | null;
  revoked_at: string | null;
  /** Key that it was rotated into. */
  replaced_by: string | null;
  /** Precise to the minute. */
  last_used_at: string | null;
  last_used_from: string | null;
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

/** A person whose credentials were all revoked. */
export class RevokedPrincipalDto {
  principal: string;
  /** Tokens issued until then are refused. */
  revoked_at: string;
  /** How many keys were live until then. */
  keys_revoked: number;
}

/** What may be shown of a key: not its hash, nor what that was made with. */
export function toApiKeyDto(key: StoredApiKey): ApiKeyDto {
  return {
    key_id: key.key_id,
    tenant_id: key.tenant_id,
    principal: key.principal,
    kind: key.kind,
    roles: [...key.roles],
    scopes: key.scopes && [...key.scopes],
    allowed_cidrs: [...key.allowed_cidrs],
    label: key.label,
    created_at: key.created_at,
    created_by: key.created_by,
    not_before: key.not_before,
    expires_at: key.expires_at,
    revoked_at: key.revoked_at,
    replaced_by: key.replaced_by,
    last_used_at: key.last_used_at,
    last_used_from: key.last_used_from,
  };
}
