import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { MayBeLeftOut } from './may-be-left-out.js';

/** A change that is only made to what was read. */
export class VersionedBody {
  /** The version that was read; or send it as `If-Match`. */
  @ApiProperty({ required: false, example: 1 })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  @MayBeLeftOut()
  version?: number;
}
