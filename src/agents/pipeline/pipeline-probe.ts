import { HealthProbe } from '../../platform/health/health-probe.js';
import type { PipelinePool } from './pipeline-pool.js';

/** Whether all pipeline threads take requests. */
export class PipelineProbe extends HealthProbe {
  readonly name = 'pipeline';
  readonly isCritical = true;

  constructor(private readonly pool: PipelinePool) {
    super();
  }

  async check(): Promise<void> {
    if (!this.pool.isRunning) throw new Error('a pipeline thread is not running');
  }
}
