import { basename, dirname, join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { Metrics } from '../observability/metrics.js';
import type { DamageRegister } from './damage-register.js';
import { storeName } from './sqlite-listener.js';

/** A database that is not what was written. */
export interface DamagedDatabase {
  /** Path of its file. */
  readonly file: string;
  /** `platform` or `cases`. */
  readonly store: string;
  readonly reason: string;
}

/** Tells of each database that is found damaged once: in the log, the metrics, and health. What needs it is refused, and nothing of it is replaced. */
export class DamagedDatabases {
  private readonly logger = new Logger(DamagedDatabases.name);
  private readonly found = new Map<string, DamagedDatabase>();
  private readonly listeners: ((damaged: DamagedDatabase) => void)[] = [];

  constructor(
    private readonly metrics: Metrics,
    private readonly register: DamageRegister,
  ) {}

  tell(file: string, error: Error): void {
    if (this.found.has(file)) return;
    const damaged = { file, store: storeName(file), reason: error.message };
    const { store } = damaged;
    this.found.set(file, damaged);
    this.register.add(store);
    this.metrics.databasesDamaged.inc({ store });
    const place = join(basename(dirname(file)), basename(file));
    this.logger.error({ err: error, event: 'storage.damaged', store, file: place }, 'a database is not what was written: restore it');
    for (const listener of this.listeners) listener(damaged);
  }

  /** Hears of each, and of those that were found before. */
  onFound(listener: (damaged: DamagedDatabase) => void): void {
    this.listeners.push(listener);
    for (const damaged of this.found.values()) listener(damaged);
  }
}
