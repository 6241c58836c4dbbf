import type { LoadReport } from './load-report.js';

const WIDTH = 720;
const HEIGHT = 180;

/** The report as a page of its own, without scripts. */
export function loadPage(report: LoadReport): string {
  const { latency_ms: latency, requests, events } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['target', report.url],
    ['began', report.started_at],
    [
      'stages',
      report.stages.map(({ from, to, seconds }) => `${from === to ? from : `${from} to ${to}`} requests/s for ${seconds} s`).join(', '),
    ],
    ['batch', `${report.batch} events, ${report.tenants} tenants`],
    [
      'requests',
      `${requests.due} due, ${requests.ok} ok, ${requests.failed} failed, ${requests.not_sent} not sent, ${requests.retries} sent again`,
    ],
    ['events', `${events.accepted} accepted, ${events.duplicates} duplicate, ${events.rejected} rejected`],
    [
      'rate',
      `${report.requests_per_second} requests/s, ${report.events_per_second} events/s; best 5 s: ${report.best_requests_per_second}, held for 10 s: ${report.sustained_requests_per_second} requests/s`,
    ],
    ...Object.entries(latency).map(([name, ms]) => [`latency ${name.replace('_', '.')}`, `${ms.toFixed(1)} ms`] as const),
    ...Object.entries(report.attempts).map(([outcome, times]) => [`answers ${outcome}`, String(times)] as const),
    ['machine of the sender', `${report.machine.cores} × ${report.machine.cpu}, Node ${report.machine.node}`],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Load of ${escape(report.url)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:760px;margin:2rem auto;color:#1a1a1a}td,th{text-align:left;padding:2px 16px 2px 0;vertical-align:top}
th{font-weight:600}svg{background:#f6f6f6;display:block;margin:.5rem 0}text{font-size:10px;fill:#555}</style></head><body>
<h1>Load</h1><table>${rows.map(([name, value]) => `<tr><th>${escape(name)}</th><td>${escape(value)}</td></tr>`).join('')}</table>
<h2>Latency from when a request was due</h2>
${bars(
  report.distribution.map(({ count, up_to_ms }) => ({ label: `${up_to_ms} ms`, parts: [count] })),
  ['#3b6ea5'],
)}
<h2>Requests by second: ok, failed</h2>
${bars(
  report.each_second.map(({ ok, failed }, second) => ({ label: `${second} s`, parts: [ok, failed] })),
  ['#3b6ea5', '#c0392b'],
)}
</body></html>
`;
}

interface Bar {
  readonly label: string;
  readonly parts: readonly number[];
}

/** Bars with their parts on one another; about ten of them are labelled. */
function bars(all: readonly Bar[], colours: readonly string[]): string {
  const highest = Math.max(1, ...all.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0)));
  const width = WIDTH / Math.max(1, all.length);
  const every = Math.max(1, Math.ceil(all.length / 10));
  const drawn = all.map(({ label, parts }, index) => {
    let top = HEIGHT;
    const rectangles = parts.map((part, at) => {
      const height = (part / highest) * HEIGHT;
      top -= height;
      return `<rect x="${(index * width).toFixed(1)}" y="${top.toFixed(1)}" width="${Math.max(0.5, width - 1).toFixed(1)}" height="${height.toFixed(1)}" fill="${colours[at] ?? '#888'}"/>`;
    });
    const text = index % every === 0 ? `<text x="${(index * width).toFixed(1)}" y="${HEIGHT + 14}">${escape(label)}</text>` : '';
    return `<g><title>${escape(`${label}: ${parts.join(', ')}`)}</title>${rectangles.join('')}${text}</g>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT + 20}" width="${WIDTH}" height="${HEIGHT + 20}" role="img">${drawn.join('')}<text x="2" y="12">${highest}</text></svg>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
