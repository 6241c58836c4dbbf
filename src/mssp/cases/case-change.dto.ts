import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { VersionedBody } from '../../platform/http/versioned-body.dto.js';

/** What may change of an alert and of an incident alike. */
export class CaseChangeBody extends VersionedBody {
  /** Who works on it; null for nobody. */
  @ApiProperty({ required: false, type: String, nullable: true, example: 'analyst@acme-corp' })
  @IsString()
  @Length(1, 200)
  @IsOptional()
  assignee?: string | null;
}
