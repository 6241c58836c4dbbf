import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../audit/audited.decorator.js';
import { AuditLog, PLATFORM_LOG } from '../audit/audit-log.js';
import { AllowPlatform } from '../auth/allow.decorator.js';
import { AsCaller, type Caller } from '../auth/caller.decorator.js';
import { deedOf } from '../auth/deed-of.js';
import type { Config } from '../config/config.js';
import { MASK, shownConfig } from '../config/shown-config.js';
import { CONFIG, SECRETS } from '../config/tokens.js';
import { readBuildInfo } from '../observability/build-info.js';
import { LogLevels } from '../observability/log-levels.js';
import type { Secrets } from '../secrets/secrets.js';
import { BuildDto, LogLevelBody, LogLevelDto, ShownConfigDto } from './operations.dto.js';
import { secretsThatAreSet } from './secrets-that-are-set.js';

/** What an on-call engineer asks of one process. */
@ApiTags('operations')
@Controller('admin')
@AllowPlatform('platform:operate')
export class OperationsController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(SECRETS) private readonly secrets: Secrets,
    private readonly levels: LogLevels,
    private readonly audit: AuditLog,
  ) {}

  /** The level of the log, of the process that answers. */
  @Get('log-level')
  @ApiOkResponse({ type: LogLevelDto })
  logLevel(): LogLevelDto {
    const { level, configured, until } = this.levels.state;
    return { level, configured, until: until === null ? null : new Date(until).toISOString() };
  }

  /** Changes the level of the log, of the process that answers, at once; for good or for a while. */
  @Put('log-level')
  @Audited('platform', 'log_level.changed')
  @ApiOkResponse({ type: LogLevelDto })
  async setLogLevel(@AsCaller() caller: Caller, @Body() { level, for_seconds }: LogLevelBody): Promise<LogLevelDto> {
    const details = { from: this.levels.state.level, to: level, for_seconds: for_seconds ?? null };
    const target = { type: 'log', id: 'level' };
    await this.audit.append(PLATFORM_LOG, [{ ...deedOf(caller), action: 'log_level.changed', target, outcome: 'success', details }]);
    this.levels.set(level, for_seconds ?? null);
    return this.logLevel();
  }

  /** The configuration in force. Secrets are named, and never shown. */
  @Get('config')
  @ApiOkResponse({ type: ShownConfigDto })
  shownConfig(): ShownConfigDto {
    const secrets = secretsThatAreSet(this.secrets).map(([name, isSet]) => ({ name, is_set: isSet, value: MASK }));
    return { configuration: shownConfig(this.config), secrets };
  }

  /** What runs here, and since when. */
  @Get('build')
  @ApiOkResponse({ type: BuildDto })
  build(): BuildDto {
    const { version, commit, node, startedAt } = readBuildInfo(this.config.build.commit);
    return { version, commit, node, started_at: new Date(startedAt).toISOString(), uptime_seconds: Math.floor(process.uptime()) };
  }
}
