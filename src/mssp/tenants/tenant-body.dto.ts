import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsString, Length, Matches, Min } from 'class-validator';
import { MayBeLeftOut } from '../../platform/http/may-be-left-out.js';
import { TenantSettingsBody } from './tenant-settings.dto.js';

/** A new tenant. */
export class CreateTenantBody extends TenantSettingsBody {
  /** 3–64 of `[a-z0-9-]`, starting with a letter. */
  @Matches(/^[a-z][a-z0-9-]{1,62}[a-z0-9]$/)
  @ApiProperty({ example: 'initech' })
  tenant_id: string;

  @IsString()
  @Length(1, 200)
  @ApiProperty({ example: 'Initech' })
  name: string;
}

/** A change to a tenant; what is left out stays. */
export class UpdateTenantBody extends TenantSettingsBody {
  @IsString()
  @Length(1, 200)
  @MayBeLeftOut()
  @ApiProperty({ example: 'Initech Incorporated' })
  name?: string;

  /** The version that was read; or send it as `If-Match`. */
  @IsInt()
  @Min(1)
  @MayBeLeftOut()
  version?: number;
}
