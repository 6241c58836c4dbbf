import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { AlertCount } from '../../platform/rate-limit/alert-count.js';
import { AlertStore } from './domain/alert-store.js';
import { minuteOf } from './domain/alert-storm.js';

/** Alerts as the alert store counts them where it raises them. */
@Injectable()
export class StoredAlertCount extends AlertCount {
  constructor(private readonly alerts: AlertStore) {
    super();
  }

  async inMinuteOf(tenant: TenantId, at: number): Promise<number> {
    return this.alerts.raisedIn(tenant, minuteOf(at));
  }
}
