/** What is known of a disk. Bytes. */
export interface DiskState {
  readonly free: number;
  /** Size of the reserve. */
  readonly reserve: number;
  /** Whether the reserve is on the disk at present. */
  readonly isHeld: boolean;
}

/**
 * What to do with the reserve: given up when less than a quarter of its size is left beside it, made again once there is room for it and as much
 * as half of it besides, so that giving it up is never itself the reason to make it again.
 */
export function reserveStep({ free, reserve, isHeld }: DiskState): 'give_up' | 'make' | 'leave' {
  if (reserve === 0) return 'leave';
  if (isHeld) return free < reserve / 4 ? 'give_up' : 'leave';
  return free >= reserve * 1.5 ? 'make' : 'leave';
}
