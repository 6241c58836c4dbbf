/** A place on the internet; addresses are from the documentation ranges (RFC 5737), names from RFC 2606. */
export interface Site {
  readonly domain: string;
  readonly address: string;
}

/** Sites that people visit, the busiest first. */
export const SITES: readonly Site[] = [
  'www.example.com',
  'mail.example.com',
  'docs.example.com',
  'search.example.org',
  'news.example.org',
  'video.example.net',
  'maps.example.org',
  'wiki.example.org',
  'shop.example.net',
  'travel.example.com',
  'bank.example.net',
  'crm.example.com',
  'meet.example.com',
  'chat.example.net',
  'git.example.org',
  'registry.example.org',
  'cdn.example.com',
  'fonts.example.org',
  'static.example.net',
  'ads.example.net',
  'metrics.example.com',
  'weather.example.org',
  'jobs.example.com',
  'forum.example.net',
  'learn.example.org',
  'print.example.net',
  'hr.example.com',
  'payroll.example.net',
  'tickets.example.com',
  'status.example.org',
].map((domain, index) => ({ domain, address: `198.51.100.${20 + index}` }));

/** Sites that machines talk to by themselves. */
export const UPDATE_SITES: readonly Site[] = [
  { domain: 'update.example.com', address: '192.0.2.81' },
  { domain: 'telemetry.example.com', address: '192.0.2.82' },
  { domain: 'av-signatures.example.net', address: '192.0.2.83' },
  { domain: 'time.example.org', address: '192.0.2.84' },
  { domain: 'ocsp.example.net', address: '192.0.2.85' },
];

export const PACKAGE_SITE: Site = { domain: 'packages.example.org', address: '192.0.2.91' };
export const INSTALLER_SITE: Site = { domain: 'get.example.org', address: '192.0.2.92' };
export const ARTIFACT_SITE: Site = { domain: 'artifacts.example.com', address: '192.0.2.93' };
/** Harmless, and yet on the demo's list of indicators: shared hosting with a bad past. */
export const MALIGNED_SITE: Site = { domain: 'free-templates.example.org', address: '198.51.100.98' };

/** The intruder's command and control. */
export const COMMAND_AND_CONTROL: Site = { domain: 'cdn-telemetry.example.net', address: '203.0.113.66' };
/** Where the intruder uses the stolen cloud key from. */
export const INTRUDER_ADDRESS = '203.0.113.140';
