import type { Entity } from '../../contracts/entity.js';
import type { IndicatorCard } from './indicator-columns.js';

/** An indicator that one of an alert's entities matches. */
export interface MatchedIndicator extends IndicatorCard {
  readonly entity: Entity;
}
