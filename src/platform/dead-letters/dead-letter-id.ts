import { isTenantId, type TenantId } from '../../contracts/tenant.js';

const ID = /^([a-z0-9-]{3,64})\.([0-9a-f-]{32,36})$/;

/** Where a dead letter is: its tenant, and its name there. */
export interface DeadLetterPlace {
  readonly tenant: TenantId;
  readonly name: string;
}

/** `{tenant_id}.{name}`: an operator's lists span tenants, and an id says by itself where to look. */
export function deadLetterIdOf({ tenant, name }: DeadLetterPlace): string {
  return `${tenant}.${name}`;
}

/** Reads an id back; `undefined` for what is none. */
export function parseDeadLetterId(text: string): DeadLetterPlace | undefined {
  const [, tenant, name] = ID.exec(text) ?? [];
  return isTenantId(tenant) && name !== undefined ? { tenant, name } : undefined;
}
