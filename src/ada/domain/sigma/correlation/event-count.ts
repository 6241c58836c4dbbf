import type { CorrelationWindow } from './correlation-window.js';
import type { Sighting } from './sighting.js';
import { Timeline } from './timeline.js';

/** Counts events. It keeps no more of the newest than it takes to tell whether there are enough: `most` stands for that many or more. */
export class EventCount implements CorrelationWindow {
  private readonly timeline = new Timeline();

  constructor(private readonly most: number) {}

  get length(): number {
    return this.timeline.length;
  }

  add(sighting: Sighting): void {
    this.timeline.add(sighting);
    if (this.timeline.length > this.most) this.timeline.shift();
  }

  measure(after: number): number {
    const { timeline } = this;
    for (let first = timeline.first; first !== undefined && first.time <= after; first = timeline.first) timeline.shift();
    return timeline.length;
  }

  sightings(): readonly Sighting[] {
    return [...this.timeline];
  }

  evidence(): readonly Sighting[] {
    return this.sightings();
  }
}
