import { ApiProperty } from '@nestjs/swagger';
import { EXTERNAL_LISTS, type ExternalList } from './domain/external-list.js';

/** An external dynamic list. */
export class ExternalListDto {
  @ApiProperty({ enum: EXTERNAL_LISTS })
  list: ExternalList;
  /** Where firewalls poll it, relative to the API's base URL. */
  @ApiProperty({ example: '/edl/acme-corp/ip' })
  url: string;
  entries: number;
  /** When its credential was made; null where it has none yet and cannot be polled. */
  @ApiProperty({ type: String, nullable: true })
  credential_at: string | null;
}

/** The lists of a tenant. */
export class ExternalListsDto {
  items: ExternalListDto[];
}

/** A list's new credential for HTTP Basic. The password is shown this once; the one before it no longer works. */
export class ExternalListCredentialDto {
  @ApiProperty({ enum: EXTERNAL_LISTS })
  list: ExternalList;
  url: string;
  username: string;
  password: string;
}
