import type { Dependency } from '../resilience/dependency.js';
import type { OutboundPolicy } from '../resilience/outbound-policy.js';
import type { RedisConnection } from './redis-connection.js';

/**
 * The circuits before Redis for one purpose: a circuit a node of the cluster, so that a node that is lost is felt by those alone whose keys it
 * holds; one circuit where there is no cluster.
 */
export class RedisCircuits {
  private readonly used = new Set<string>();

  /** @param purpose names the circuits */
  constructor(
    private readonly redis: RedisConnection,
    private readonly dependency: Dependency,
    private readonly purpose: string,
  ) {
    redis.onNodes((nodes) => this.keep(nodes));
  }

  /** The policy of calls about a key. */
  of(key: string): OutboundPolicy {
    const node = this.redis.nodeOf(key);
    this.used.add(node);
    return this.dependency.policy(this.partOf(node));
  }

  /** Whether every node may be asked. */
  get areClosed(): boolean {
    return [...this.used].every((node) => this.dependency.policy(this.partOf(node)).breaker.kind === 'closed');
  }

  /** A node that holds keys no more is not asked again, so nothing would close its circuit. */
  private keep(nodes: ReadonlySet<string>): void {
    for (const node of this.used) {
      if (nodes.has(node)) continue;
      this.used.delete(node);
      this.dependency.forget(this.partOf(node));
    }
  }

  private partOf(node: string): string {
    return node === '' ? this.purpose : `${this.purpose} ${node}`;
  }
}
