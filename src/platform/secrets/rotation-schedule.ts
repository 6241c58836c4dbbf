import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.js';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { CONFIG, SECRETS } from '../config/tokens.js';
import { Leases } from '../storage/leases.js';
import { isRotationDue } from './is-rotation-due.js';
import { SCHEDULED, type SecretName } from './secret-names.js';
import { RotationRefused, SecretRotation } from './secret-rotation.js';
import type { Secrets } from './secrets.js';

const LOOK_EVERY_MS = 15 * 60_000;
const LEASE_MS = 10 * 60_000;
const ACTOR = 'rotation schedule';

/** Rotates secrets that have come of age, where a schedule is set: one instance at a time, and each secret once. */
@Injectable()
export class RotationSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RotationSchedule.name);
  private readonly holder = randomUUID();
  private readonly rotation: SecretRotation;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(SECRETS) { keeper }: Secrets,
    audit: AuditLog,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {
    this.rotation = new SecretRotation({ chain: keeper.chain, audit, clock, activationMs: keeper.activationMs });
  }

  onApplicationBootstrap(): void {
    if (this.config.secrets.rotationDays === 0) return;
    const look = (): void => {
      this.looking = this.look().catch((error: unknown) =>
        this.logger.error({ err: error, event: 'rotation.failed' }, 'secrets not rotated'),
      );
    };
    this.timer = setInterval(look, LOOK_EVERY_MS);
    this.timer.unref();
    look();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Rotates what is due now, unless another instance is at it. */
  async look(): Promise<void> {
    for (const name of SCHEDULED) {
      if (!(await this.isDue(name))) continue;
      const now = this.clock.now();
      if (!(await this.leases.take(`rotate ${name}`, this.holder, now, now + LEASE_MS))) continue;
      if (await this.isDue(name)) await this.rotate(name);
    }
  }

  private async isDue(name: SecretName): Promise<boolean> {
    return isRotationDue(await this.rotation.list(name), this.clock.now(), this.config.secrets.rotationDays);
  }

  private async rotate(name: SecretName): Promise<void> {
    try {
      const version = await this.rotation.rotate(name, ACTOR);
      this.logger.log({ event: 'secret.rotated', secret: name, version }, 'a secret has come of age');
    } catch (error) {
      if (!(error instanceof RotationRefused)) throw error;
      this.logger.warn({ event: 'rotation.refused', secret: name, reason: error.message }, 'a secret is due that cannot be rotated here');
    }
  }
}
