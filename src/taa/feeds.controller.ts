import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Allow } from '../platform/auth/allow.decorator.js';
import type { FeedStatus } from './domain/feed-status.js';
import { FeedRegister } from './feed-register.js';

/** How a feed does. Times are null for what has not happened since the start. */
export class FeedStatusDto implements FeedStatus {
  @ApiProperty({ example: 'partner-taxii' })
  name: string;

  /** When it was last found to be readable. */
  @ApiProperty({ type: String, nullable: true, example: '2026-03-01T08:00:00.000Z' })
  read_at: string | null;

  /** When a reading failed, unless it could be read since. What it brought last stays in force. */
  @ApiProperty({ type: String, nullable: true, example: null })
  failed_at: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  failure: string | null;

  /** Indicators in force of it. */
  @ApiProperty({ example: 1200 })
  indicators: number;

  /** Those among them that are marked more closely (Traffic Light Protocol) than goes to every tenant: only recipients of the feed are given them. */
  @ApiProperty({ example: 12 })
  withheld: number;

  /** What it offered that cannot be used. */
  @ApiProperty({ example: 3 })
  unsupported: number;
}

/** All feeds of the deployment. */
export class FeedListDto {
  @ApiProperty({ type: [FeedStatusDto] })
  items: FeedStatusDto[];
}

/** The feeds that bring indicators to every tenant. */
@ApiTags('intel')
@Controller('api/v1/intel/feeds')
export class FeedsController {
  constructor(private readonly register: FeedRegister) {}

  /** How each feed does, in the order of the configuration. */
  @Get()
  @Allow('intel:read')
  @ApiOkResponse({ type: FeedListDto })
  list(): FeedListDto {
    return { items: [...this.register.list()] };
  }
}
