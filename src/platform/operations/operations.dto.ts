import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { SETTABLE_LOG_LEVELS, type LogLevel } from '../config/config.js';

/** The level of this process's log, and how long it holds. */
export class LogLevelBody {
  /** Lines that are less severe are not written. */
  @ApiProperty({ enum: SETTABLE_LOG_LEVELS })
  @IsIn(SETTABLE_LOG_LEVELS)
  level: LogLevel;
  /** After so many seconds the configured level holds again; until the process ends where left out. */
  @IsInt()
  @Min(1)
  @Max(86_400)
  @IsOptional()
  for_seconds?: number;
}

/** The level in force in this process. */
export class LogLevelDto {
  level: string;
  /** What `LOG_LEVEL` says. */
  configured: string;
  /** When the configured level holds again (RFC 3339 UTC); null where the level stays. */
  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  until: string | null;
}

/** A secret of the app: never its value. */
export class ShownSecretDto {
  name: string;
  is_set: boolean;
  /** Always masked. */
  value: string;
}

/** What this process was told from outside. */
export class ShownConfigDto {
  /** Settings by subject, as they are in force; what URLs carry besides their place is masked. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  configuration: Readonly<Record<string, unknown>>;
  secrets: ShownSecretDto[];
}

/** What runs here. */
export class BuildDto {
  version: string;
  /** Commit that it was built from; null where the build was not told. */
  @ApiProperty({ type: String, nullable: true })
  commit: string | null;
  /** Version of Node. */
  node: string;
  /** RFC 3339 UTC. */
  started_at: string;
  uptime_seconds: number;
}
