import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../../contracts/tenant.js';

/** Removes all that a place outside of the platform's own stores holds of a tenant. Doing it twice changes nothing. */
export type OutsideEraser = (tenant: TenantId) => Promise<void>;

/** Places outside of the platform's own stores in which there is something of tenants. */
@Injectable()
export class OutsidePlaces {
  private readonly erasers: OutsideEraser[] = [];

  /** Whoever writes to such a place registers while its module is made. */
  register(eraser: OutsideEraser): void {
    this.erasers.push(eraser);
  }

  /** @throws the first failure; nothing is known of the places behind it then. */
  async erase(tenant: TenantId): Promise<void> {
    for (const eraser of this.erasers) await eraser(tenant);
  }
}
