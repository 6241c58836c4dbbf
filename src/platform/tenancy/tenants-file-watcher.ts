import { unwatchFile, watch, watchFile, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/tokens.js';
import { TenantsFileError } from './tenants-file.js';
import { TenantsFileSync } from './tenants-file-sync.js';

/** A file is often written in several steps. */
const QUIET_MS = 200;
/** Where the system tells nothing, as on network file systems and of linked files, the file is looked at this often. */
const LOOK_EVERY_MS = 2_000;

/** Takes the tenants file up whenever it changes. One that is not valid changes nothing and is named in the log. */
@Injectable()
export class TenantsFileWatcher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TenantsFileWatcher.name);
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'tenantsFile'>,
    private readonly sync: TenantsFileSync,
  ) {}

  onApplicationBootstrap(): void {
    const { tenantsFile } = this.config;
    watchFile(tenantsFile, { interval: LOOK_EVERY_MS, persistent: false }, this.soon);
    try {
      this.watcher = watch(dirname(tenantsFile), { persistent: false }, (_, name) => {
        if (name === basename(tenantsFile)) this.soon();
      });
      this.watcher.on('error', () => this.watcher?.close());
    } catch (error) {
      this.logger.warn({ err: error, event: 'tenants.unwatched' }, 'changes of the tenants file are seen later');
    }
  }

  onModuleDestroy(): void {
    unwatchFile(this.config.tenantsFile, this.soon);
    this.watcher?.close();
    clearTimeout(this.timer);
  }

  private readonly soon = (): void => {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.reload(), QUIET_MS);
    this.timer.unref();
  };

  private async reload(): Promise<void> {
    try {
      const report = await this.sync.reload();
      this.logger.log({ event: 'tenants.reloaded', ...report }, 'the tenants file was taken up');
    } catch (error) {
      const faults = error instanceof TenantsFileError ? { faults: error.faults.slice(0, 20) } : { err: error };
      this.logger.error({ event: 'tenants.file_refused', ...faults }, 'the tenants file changes nothing until it is corrected');
    }
  }
}
