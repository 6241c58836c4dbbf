import type { CorrelationRule } from './correlation-rule.js';
import type { CorrelationWindow } from './correlation-window.js';
import { EventCount } from './event-count.js';
import { ValueAverage, ValuePercentile, ValueShare, ValueSum } from './samples.js';
import { Temporal, TemporalOrdered } from './temporal.js';
import { largestOf } from './threshold.js';
import { ValueCount } from './value-count.js';

/** An empty window for a group of a correlation. Counting stops one beyond the largest number that the rule names. */
export function createWindow({ type, threshold, percentile }: CorrelationRule): CorrelationWindow {
  switch (type) {
    case 'event_count':
      return new EventCount(largestOf(threshold) + 1);
    case 'value_count':
      return new ValueCount(largestOf(threshold) + 1);
    case 'value_sum':
      return new ValueSum();
    case 'value_avg':
      return new ValueAverage();
    case 'value_percentile':
      return percentile === undefined ? new ValueShare() : new ValuePercentile(percentile);
    case 'temporal':
      return new Temporal();
    case 'temporal_ordered':
      return new TemporalOrdered();
  }
}
