import { spawnSync } from 'node:child_process';

const HAS_PROMTOOL = spawnSync('promtool', ['--version']).status === 0;

/** A test that needs promtool: SKIPPED where it is not installed, unless services are required. */
export function itWithPromtool(title: string, test: () => Promise<void>): void {
  const mayRun = HAS_PROMTOOL || process.env['GATRA_REQUIRE_SERVICES'] === '1';
  if (mayRun) it(title, test);
  else it.skip(`${title} (SKIPPED: promtool is not installed)`, test);
}

/** What `promtool check metrics` has against a scrape; empty where it is clean. */
export function faultsOf(scrape: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: scrape, encoding: 'utf8' });
  return status === 0 ? `${stdout}${stderr}`.trim() : `promtool ended with ${String(status)}: ${stdout}${stderr}`;
}
