import { toTenantId, type TenantId } from '../../contracts/tenant.js';
import { compileIndicators } from '../../taa/domain/indicator-image.js';
import { IndicatorMatcher } from '../../taa/domain/indicator-matcher.js';
import type { Indicator } from '../../taa/domain/indicator.js';
import { IndicatorWatch } from './indicator-watch.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');

function matcherOf(value: string): IndicatorMatcher {
  const indicator: Indicator = {
    indicator_id: value,
    source: 'api',
    external_id: value,
    name: value,
    values: [{ type: 'domain', value }],
    valid_from: null,
    valid_until: null,
    confidence: 1,
    revoked: false,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
  };
  return new IndicatorMatcher(compileIndicators([indicator]));
}

class Matchers {
  readonly made = new Map<TenantId, IndicatorMatcher>();
  fails = false;
  changed: (tenant: TenantId) => void = () => undefined;

  async of(tenant: TenantId): Promise<IndicatorMatcher> {
    if (this.fails) throw new Error('away');
    return this.made.get(tenant) ?? new IndicatorMatcher(compileIndicators([]));
  }

  onChange(listener: (tenant: TenantId) => void): void {
    this.changed = listener;
  }
}

describe('IndicatorWatch', () => {
  let matchers: Matchers;
  let watch: IndicatorWatch;
  let others: TenantId[];
  let troubles: string[];
  beforeEach(() => {
    jest.useFakeTimers();
    matchers = new Matchers();
    troubles = [];
    watch = new IndicatorWatch(matchers, (event, tenant) => troubles.push(`${event} ${tenant}`));
    others = [];
    watch.onOthers((tenant) => others.push(tenant));
    matchers.made.set(ACME, matcherOf('bad.example'));
  });
  afterEach(async () => {
    await watch.stop();
    jest.useRealTimers();
  });

  it('R06 tells of what another process changed within its turn, and of what this one changed at once', async () => {
    expect(await watch.of(ACME)).toBe(matchers.made.get(ACME)?.image);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(others).toEqual([]);
    matchers.made.set(ACME, matcherOf('worse.example'));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(others).toEqual([ACME]);
    await watch.of(ACME);
    matchers.made.set(ACME, matcherOf('worst.example'));
    matchers.changed(ACME);
    matchers.changed(GLOBEX);
    await jest.advanceTimersByTimeAsync(100);
    expect(others).toEqual([ACME, ACME]);
  });

  it('serves a tenant without indicators where they cannot be read, and brings them later', async () => {
    matchers.fails = true;
    expect(await watch.of(ACME)).toBeNull();
    matchers.fails = false;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(others).toEqual([ACME]);
    expect(await watch.of(ACME)).not.toBeNull();
  });

  it('leaves in force what was where others cannot be compiled, and says so once each time', async () => {
    const before = matchers.made.get(ACME)?.image;
    expect(await watch.of(ACME)).toBe(before);
    for (const _ of [1, 2]) {
      matchers.fails = true;
      await jest.advanceTimersByTimeAsync(3_000);
      expect(await watch.of(ACME)).toBe(before);
      matchers.fails = false;
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect([others, troubles]).toEqual([[], ['indicators.failed acme-corp', 'indicators.failed acme-corp']]);
  });

  it('looks no more after a tenant that went', async () => {
    await watch.of(ACME);
    watch.forget(ACME);
    matchers.made.set(ACME, matcherOf('worse.example'));
    matchers.changed(ACME);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(others).toEqual([]);
  });
});
