import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { AuditLog, PLATFORM_LOG } from '../audit/audit-log.js';
import type { Transition } from './dependency.js';
import { OutboundPolicies } from './outbound-policies.js';

const ACTOR = { type: 'system', id: 'outbound' } as const;

/** Writes down when a circuit opens and when it closes by itself. What people do with circuits is written down where they do it. */
@Injectable()
export class CircuitRecords implements OnApplicationBootstrap {
  private readonly logger = new Logger(CircuitRecords.name);

  constructor(
    private readonly policies: OutboundPolicies,
    private readonly audit: AuditLog,
  ) {}

  onApplicationBootstrap(): void {
    this.policies.onTransition((transition) => this.note(transition));
  }

  /** An open circuit that is tried again in vain has been open all the time. */
  private note({ dependency: { name }, part, from, to }: Transition): void {
    const isOpened = from === 'closed' && to === 'open';
    if (!isOpened && !(from === 'half_open' && to === 'closed')) return;
    const action = isOpened ? 'circuit_breaker.opened' : 'circuit_breaker.closed';
    if (isOpened) this.logger.warn({ event: 'circuit_breaker.opened', service: name, part }, 'a dependency is not called for a while');
    else this.logger.log({ event: 'circuit_breaker.closed', service: name, part }, 'a dependency is called again');
    void this.write(action, name, part);
  }

  private async write(action: string, id: string, part: string): Promise<void> {
    const target = { type: 'service', id };
    const entry = { action, actor: ACTOR, target, outcome: 'success', correlation_id: uuid(), details: { part } } as const;
    await this.audit.append(PLATFORM_LOG, [entry]).catch((error: unknown) => {
      this.logger.error(
        { event: 'circuit_breaker.unrecorded', reason: (error as Error).message },
        'a circuit has changed without a record',
      );
    });
  }
}
