/** What a scrape shows: the labels of each metric, with every value that a label has. */
export type ScrapedMetrics = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

const HISTOGRAM_PARTS = ['_bucket', '_sum', '_count'];

/** Reads Prometheus' text format. Metrics without a series have no label; those of a histogram are its parts. */
export function scrapedMetrics(...scrapes: readonly string[]): ScrapedMetrics {
  const metrics = new Map<string, Map<string, Set<string>>>();
  const labelsOf = (name: string): Map<string, Set<string>> => {
    const labels = metrics.get(name) ?? new Map<string, Set<string>>();
    metrics.set(name, labels);
    return labels;
  };
  for (const line of scrapes.join('\n').split('\n')) {
    const [, declared, type] = /^# TYPE (\w+) (\w+)/.exec(line) ?? [];
    if (declared !== undefined) for (const part of type === 'histogram' ? HISTOGRAM_PARTS : ['']) labelsOf(declared + part);
    const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    const seen = labelsOf(name);
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      seen.set(label, (seen.get(label) ?? new Set()).add(value));
    }
  }
  return metrics;
}
