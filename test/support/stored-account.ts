/** What became of a tenant's events. */
export interface Balance {
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly remainder: number;
}

/** An app that is asked. */
export interface Served {
  readonly baseUrl: string;
  token(tenant: string, role?: string): Promise<string>;
}

async function read<T>(app: Served, tenant: string, path: string): Promise<T> {
  const answer = await fetch(app.baseUrl + path, { headers: { Authorization: `Bearer ${await app.token(tenant, 'analyst')}` } });
  if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}`);
  return (await answer.json()) as T;
}

/** The account of a tenant's last day, over all hours. */
export async function balanceOf(app: Served, tenant: string): Promise<Balance> {
  const { hours } = await read<{ hours: (Omit<Balance, 'rejected'> & { rejected: Record<string, number> })[] }>(
    app,
    tenant,
    '/api/v1/accounting',
  );
  const sum = (of: (hour: (typeof hours)[number]) => number): number => hours.reduce((total, hour) => total + of(hour), 0);
  return {
    received: sum(({ received }) => received),
    stored: sum(({ stored }) => stored),
    duplicates: sum(({ duplicates }) => duplicates),
    rejected: sum(({ rejected }) => Object.values(rejected).reduce((total, events) => total + events, 0)),
    remainder: sum(({ remainder }) => remainder),
  };
}

/** The numbers of the stored events, as often as they are stored. */
export async function storedNumbers(app: Served, tenant: string): Promise<number[]> {
  const numbers: number[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: { normalized: { host: string } }[]; next_cursor: string | null } = await read(
      app,
      tenant,
      `/api/v1/events?limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    for (const { normalized } of page.items) numbers.push(Number(normalized.host.slice(2)));
    cursor = page.next_cursor;
  }
  return numbers.sort((a, b) => a - b);
}

/** The numbers from 0 on. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);
