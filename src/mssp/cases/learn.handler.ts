import type { Feedback } from '../../contracts/feedback.js';
import type { LearningAgent } from '../../contracts/learning-agent.js';
import type { TenantId } from '../../contracts/tenant.js';
import { WorkHandler, type WorkItem } from '../../platform/work-queue/work-item.js';
import { LEARN } from './domain/case-work.js';

/** Hands feedback to the learning agent, also where it was away when the feedback was given. */
export class LearnHandler extends WorkHandler {
  readonly kind = LEARN;

  constructor(private readonly agent: LearningAgent) {
    super();
  }

  async handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    for (const { payload } of items) await this.agent.learn(tenant, payload['feedback'] as Feedback);
  }
}
