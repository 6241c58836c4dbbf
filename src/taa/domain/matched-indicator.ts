import type { Entity } from '../../contracts/entity.js';

/** An indicator that one of an alert's entities matches. */
export interface MatchedIndicator {
  readonly indicator_id: string;
  readonly name: string;
  readonly source: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly entity: Entity;
}
