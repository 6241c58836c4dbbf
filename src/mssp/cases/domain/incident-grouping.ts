import { LINK_WINDOW_MS } from './incident-links.js';

/*
 * Which alerts make one incident, by definition: two core alerts are linked when they share a link and lie no more than the window apart; what is
 * connected is one incident. A border alert joins the incident of the core alert nearest to it (by time, then by id) that it shares a link with
 * inside the window, and connects nothing. So the grouping follows from the set of alerts alone, whatever order they come in.
 */

/** An alert to be grouped. Core alerts link and open incidents, border alerts only join. */
export interface GroupingAlert {
  readonly alert_id: string;
  /** Milliseconds since the epoch. */
  readonly event_ms: number;
  readonly links: readonly string[];
  readonly core: boolean;
}

/** A core alert grouped before, as reached over one of its links. */
export interface GroupedCore {
  readonly link: string;
  readonly alert_id: string;
  readonly event_ms: number;
  readonly incident_id: string;
}

/** A border alert grouped or left over before, as reached over one of its links. */
export interface KnownBorder {
  readonly link: string;
  readonly alert_id: string;
  readonly event_ms: number;
  readonly anchor: Anchor | undefined;
}

/** The core alert that a border alert joins, and how far away it is in milliseconds. */
export interface Anchor {
  readonly alert_id: string;
  readonly distance: number;
}

/** Core alerts and incidents that turn out to be one incident. */
export interface Group {
  /** New core alerts, by event time, then id. */
  readonly alerts: readonly GroupingAlert[];
  /** Incidents there were before, by id; more than one become one. */
  readonly incidents: readonly string[];
}

export interface Grouping {
  readonly groups: readonly Group[];
  /** Anchor of each border alert that gets one or gets another. */
  readonly anchors: ReadonlyMap<string, Anchor>;
}

/**
 * Groups new alerts with those grouped before.
 * @param cores for each link and time of a new alert, at least the nearest core alert before and after it inside the window.
 * @param borders for each link and time of a new core alert, at least those border alerts inside the window that it is nearest to.
 */
export function groupAlerts(alerts: readonly GroupingAlert[], cores: readonly GroupedCore[], borders: readonly KnownBorder[]): Grouping {
  const fresh = alerts.filter((alert) => alert.core);
  return { groups: connect(fresh, cores), anchors: anchorBorders(alerts, cores, borders) };
}

interface Point {
  readonly event_ms: number;
  readonly alert_id: string;
  readonly node: string;
}

function connect(fresh: readonly GroupingAlert[], cores: readonly GroupedCore[]): readonly Group[] {
  const parents = new Map<string, string>();
  const root = (node: string): string => {
    let top = node;
    for (let next = parents.get(top); next !== undefined && next !== top; next = parents.get(top)) top = next;
    parents.set(node, top);
    return top;
  };
  for (const points of pointsByLink(fresh, cores).values()) {
    points.sort(byTimeThenId);
    for (const [i, point] of points.entries()) {
      const before = points[i - 1];
      if (before && point.event_ms - before.event_ms <= LINK_WINDOW_MS) parents.set(root(before.node), root(point.node));
    }
  }
  const incidents = new Set(cores.map((core) => core.incident_id));
  const members = Map.groupBy([...fresh.map(nodeOfAlert), ...[...incidents].map(nodeOfIncident)], root);
  const byNode = new Map(fresh.map((alert) => [nodeOfAlert(alert), alert]));
  return [...members.values()]
    .map((nodes) => ({
      alerts: nodes.flatMap((node) => byNode.get(node) ?? []).sort(byTimeThenId),
      incidents: [...incidents].filter((id) => nodes.includes(nodeOfIncident(id))).sort(),
    }))
    .filter((group) => group.alerts.length > 0);
}

function pointsByLink(fresh: readonly GroupingAlert[], cores: readonly GroupedCore[]): Map<string, Point[]> {
  const byLink = new Map<string, Point[]>();
  const add = (link: string, point: Point) => {
    const points = byLink.get(link);
    if (points) points.push(point);
    else byLink.set(link, [point]);
  };
  for (const alert of fresh) for (const link of alert.links) add(link, { ...alert, node: nodeOfAlert(alert) });
  for (const core of cores) add(core.link, { ...core, node: nodeOfIncident(core.incident_id) });
  return byLink;
}

function anchorBorders(
  alerts: readonly GroupingAlert[],
  cores: readonly GroupedCore[],
  borders: readonly KnownBorder[],
): ReadonlyMap<string, Anchor> {
  const fresh = alerts.filter((alert) => alert.core).flatMap((alert) => alert.links.map((link) => ({ ...alert, link })));
  const freshByLink = Map.groupBy(fresh, (core) => core.link);
  const coresByLink = Map.groupBy([...fresh, ...cores], (core) => core.link);
  const anchors = new Map<string, Anchor>();
  const offer = (border: { alert_id: string; event_ms: number }, link: string, from: typeof coresByLink | typeof freshByLink) => {
    for (const core of from.get(link) ?? []) {
      const anchor = { alert_id: core.alert_id, distance: Math.abs(core.event_ms - border.event_ms) };
      if (anchor.distance <= LINK_WINDOW_MS && isNearer(anchor, anchors.get(border.alert_id))) anchors.set(border.alert_id, anchor);
    }
  };
  for (const border of alerts.filter((alert) => !alert.core)) for (const link of border.links) offer(border, link, coresByLink);
  const before = new Map(borders.flatMap(({ alert_id, anchor }) => (anchor ? [[alert_id, anchor]] : [])));
  for (const border of borders) {
    const anchor = anchors.get(border.alert_id) ?? before.get(border.alert_id);
    if (anchor) anchors.set(border.alert_id, anchor);
    offer(border, border.link, freshByLink);
  }
  for (const [id, anchor] of before) if (anchors.get(id) === anchor) anchors.delete(id);
  return anchors;
}

function isNearer(a: Anchor, b: Anchor | undefined): boolean {
  return b === undefined || a.distance < b.distance || (a.distance === b.distance && a.alert_id < b.alert_id);
}

function byTimeThenId(a: { event_ms: number; alert_id: string }, b: { event_ms: number; alert_id: string }): number {
  return a.event_ms - b.event_ms || (a.alert_id < b.alert_id ? -1 : 1);
}

function nodeOfAlert(alert: { readonly alert_id: string }): string {
  return `alert ${alert.alert_id}`;
}

function nodeOfIncident(id: string): string {
  return `incident ${id}`;
}
