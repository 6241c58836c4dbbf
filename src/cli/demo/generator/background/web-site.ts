import type { World } from '../world.js';
import type { Activity, Appointment, Routine } from './activity.js';

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
];
const PAGES = ['/', '/products', '/products/4411', '/products/812', '/about', '/contact', '/blog', '/blog/2026/spring', '/login', '/cart'];
const ASSETS = ['/static/app.css', '/static/app.js', '/static/logo.svg', '/favicon.ico', '/static/fonts/body.woff2'];
const PROBES = ['/wp-login.php', '/.env', '/phpmyadmin/', '/admin', '/.git/config', '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php'];

interface Request {
  readonly client: string;
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly status: number;
  readonly agent: string;
}

function request(world: World, time: number, what: Request): void {
  world.emit(time, 'generic', {
    category: 'webserver',
    timestamp: new Date(time).toISOString(),
    host: world.random.pick(['web-01', 'web-02']),
    'c-ip': what.client,
    'cs-method': what.method ?? 'GET',
    'cs-uri-stem': what.path,
    'cs-uri-query': what.query ?? '',
    'sc-status': what.status,
    'sc-bytes': what.status === 404 ? 196 : world.random.int(400, 60_000),
    'cs-user-agent': what.agent,
  });
}

const visitPage: Activity = (world, time) => {
  const client = `198.51.100.${world.random.int(100, 199)}`;
  const agent = world.random.pick(AGENTS);
  const path = world.random.pick(PAGES);
  const query = world.random.chance(0.2) ? `q=${world.random.pick(['chair', 'table', 'union+jack', 'o%27brien', 'select+range'])}` : '';
  request(world, time, { client, path, query, status: 200, agent });
  const assets = world.random.int(1, 4);
  for (let each = 0; each < assets; each += 1) {
    request(world, time + 120 + each * 40, {
      client,
      path: world.random.pick(ASSETS),
      status: world.random.chance(0.5) ? 304 : 200,
      agent,
    });
  }
};

const signIn: Activity = (world, time) => {
  const client = `198.51.100.${world.random.int(100, 199)}`;
  request(world, time, {
    client,
    method: 'POST',
    path: '/login',
    status: world.random.chance(0.9) ? 302 : 401,
    agent: world.random.pick(AGENTS),
  });
};

const probe: Activity = (world, time) => {
  const client = `198.51.100.${world.random.int(200, 250)}`;
  for (let each = 0; each < 3; each += 1) {
    request(world, time + each * 700, {
      client,
      path: world.random.pick(PROBES),
      status: 404,
      agent: 'Mozilla/5.0 (compatible; survey/1.0)',
    });
  }
};

/** What visitors and crawlers ask of the company's web site. */
export const WEB_SITE: readonly Routine[] = [
  { act: visitPage, atWork: 6, atNight: 2.5 },
  { act: signIn, atWork: 2, atNight: 0.6 },
  { act: probe, atWork: 0.3, atNight: 0.3 },
];

const scan: Activity = (world, time) => {
  const client = `198.51.100.${world.random.int(200, 250)}`;
  const agent = 'sqlmap/1.8.9#stable (https://sqlmap.org)';
  request(world, time, { client, path: '/products', query: 'id=1', status: 403, agent });
  request(world, time + 300, { client, path: '/products', query: 'id=1%27%20UNION%20SELECT%20NULL,NULL--', status: 403, agent });
  request(world, time + 600, { client, path: '/download', query: 'file=../../../../etc/passwd', status: 404, agent });
};

/** Scans from the internet that hit nothing; two a day. */
export function scans(world: World): Appointment[] {
  return [0, 1].map(() => ({ at: world.midnight + Math.round(world.random.float() * 86_000_000), act: scan }));
}
