import fc from 'fast-check';
import { groupAlerts, type GroupedCore, type GroupingAlert, type KnownBorder } from './incident-grouping.js';
import { LINK_WINDOW_MS } from './incident-links.js';

const HOUR = 3_600_000;

/** What came of grouping: sets of core alerts, and for each border alert the core alert that it joined. */
interface Outcome {
  readonly groups: readonly string[];
  readonly anchors: readonly string[];
}

/** The definition, word for word: all pairs are compared. */
function byDefinition(alerts: readonly GroupingAlert[]): Outcome {
  const linked = (a: GroupingAlert, b: GroupingAlert) =>
    Math.abs(a.event_ms - b.event_ms) <= LINK_WINDOW_MS && a.links.some((link) => b.links.includes(link));
  const cores = alerts.filter((alert) => alert.core);
  const label = new Map(cores.map((core) => [core, core.alert_id]));
  for (let changed = true; changed;) {
    changed = false;
    for (const a of cores) {
      for (const b of cores) {
        const [x, y] = [label.get(a) ?? '', label.get(b) ?? ''];
        if (linked(a, b) && x < y) changed = label.set(b, x) !== undefined;
      }
    }
  }
  const groups = Map.groupBy(cores, (core) => label.get(core));
  const anchors = alerts.flatMap((border) => {
    if (border.core) return [];
    const near = cores.filter((core) => linked(border, core));
    near.sort(
      (a, b) => Math.abs(a.event_ms - border.event_ms) - Math.abs(b.event_ms - border.event_ms) || (a.alert_id < b.alert_id ? -1 : 1),
    );
    return near[0] ? [`${border.alert_id} joins ${near[0].alert_id}`] : [];
  });
  return outcome(
    [...groups.values()].map((group) => group.map((core) => core.alert_id)),
    anchors,
  );
}

/** The same, in steps: what a store keeps is kept in arrays, and only the neighbours asked for are handed in. */
function bySteps(batches: readonly (readonly GroupingAlert[])[]): Outcome {
  const stored: GroupingAlert[] = [];
  const incidentOf = new Map<string, string>();
  const anchorOf = new Map<string, { alert_id: string; distance: number }>();
  for (const batch of batches) {
    const cores = batch
      .flatMap((alert) => alert.links.flatMap((link) => neighbours(stored, link, alert.event_ms)))
      .map((core) => ({
        ...core,
        incident_id: incidentOf.get(core.alert_id) ?? '',
      }));
    const borders: KnownBorder[] = stored
      .filter((alert) => !alert.core)
      .flatMap((border) => border.links.map((link) => ({ ...border, link, anchor: anchorOf.get(border.alert_id) })));
    const { groups, anchors } = groupAlerts(batch, cores, borders);
    for (const { alerts, incidents } of groups) {
      const id = incidents[0] ?? `incident of ${alerts[0]?.alert_id}`;
      for (const [alert, incident] of incidentOf) if (incidents.includes(incident)) incidentOf.set(alert, id);
      for (const alert of alerts) incidentOf.set(alert.alert_id, id);
    }
    for (const [id, anchor] of anchors) anchorOf.set(id, anchor);
    stored.push(...batch);
  }
  const groups = Map.groupBy(incidentOf, ([, incident]) => incident);
  return outcome(
    [...groups.values()].map((members) => members.map(([alert]) => alert)),
    [...anchorOf].map(([border, anchor]) => `${border} joins ${anchor.alert_id}`),
  );
}

function neighbours(stored: readonly GroupingAlert[], link: string, ms: number): Omit<GroupedCore, 'incident_id'>[] {
  const on = stored.filter((alert) => alert.core && alert.links.includes(link)).sort((a, b) => (a.alert_id < b.alert_id ? -1 : 1));
  const before = on.filter((core) => core.event_ms <= ms && core.event_ms >= ms - LINK_WINDOW_MS).sort((a, b) => b.event_ms - a.event_ms);
  const after = on.filter((core) => core.event_ms > ms && core.event_ms <= ms + LINK_WINDOW_MS).sort((a, b) => a.event_ms - b.event_ms);
  return [...before.slice(0, 1), ...after.slice(0, 1)].map(({ alert_id, event_ms }) => ({ link, alert_id, event_ms }));
}

function outcome(groups: readonly (readonly string[])[], anchors: readonly string[]): Outcome {
  return { groups: groups.map((group) => group.toSorted().join(' ')).sort(), anchors: anchors.toSorted() };
}

const alertsOfAnyKind = fc
  .array(
    fc.record({
      hour: fc.integer({ min: 0, max: 48 }),
      links: fc.uniqueArray(fc.constantFrom('host:a', 'host:b', 'user:c', 'ip:d', 'ip:e'), { minLength: 1, maxLength: 3 }),
      core: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  .map((drafts) =>
    drafts.map(({ hour, ...draft }, i): GroupingAlert => ({ ...draft, event_ms: hour * HOUR, alert_id: `a${String(i).padStart(2, '0')}` })),
  );

describe('groupAlerts', () => {
  it('groups as defined, whatever order alerts come in and however they are batched', () => {
    fc.assert(
      fc.property(
        alertsOfAnyKind.chain((alerts) =>
          fc.tuple(fc.constant(alerts), fc.shuffledSubarray(alerts, { minLength: alerts.length }), fc.integer({ min: 1, max: 7 })),
        ),
        ([alerts, shuffled, size]) => {
          const batches = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, i) => shuffled.slice(i * size, (i + 1) * size));
          expect(bySteps(batches)).toEqual(byDefinition(alerts));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  const core = (alert_id: string, hour: number, ...links: string[]): GroupingAlert => ({
    alert_id,
    event_ms: hour * HOUR,
    links,
    core: true,
  });

  it('links over the whole window and no further', () => {
    expect(byDefinition([core('a', 0, 'host:x'), core('b', 4, 'host:x'), core('c', 8.001, 'host:x')]).groups).toEqual(['a b', 'c']);
    expect(bySteps([[core('a', 0, 'host:x'), core('b', 4, 'host:x'), core('c', 8.001, 'host:x')]]).groups).toEqual(['a b', 'c']);
  });

  it('joins two incidents over an alert that bridges them', () => {
    const [a, b] = [core('a', 0, 'host:x'), core('b', 1, 'host:y')];
    expect(bySteps([[a, b]]).groups).toEqual(['a', 'b']);
    expect(bySteps([[a, b], [core('c', 1, 'host:x', 'host:y')]]).groups).toEqual(['a b c']);
  });

  it('lets an alert of low risk join, but not connect', () => {
    const low: GroupingAlert = { alert_id: 'low', event_ms: HOUR, links: ['host:x', 'host:y'], core: false };
    expect(bySteps([[low], [core('a', 0, 'host:x')], [core('b', 2, 'host:y')]])).toEqual({ groups: ['a', 'b'], anchors: ['low joins a'] });
  });
});
