import { readConfig } from './environment.js';
import { shownConfig } from './shown-config.js';

describe('the configuration as it is shown', () => {
  it('R32 masks what a URL carries besides its place, and keeps the rest', () => {
    const feeds = 'https://joe:hunter2@feeds.example/list?key=hunter3#hunter4,https://feeds.example/open,/etc/feeds/own.txt';
    const shown = shownConfig(readConfig({ GATRA_INTEL_FEEDS: feeds, PORT: '8123' }));
    expect(JSON.stringify(shown)).not.toContain('hunter');
    expect(shown).toMatchObject({
      http: { port: 8123 },
      intel: { feeds: ['https://***@feeds.example/list?***', 'https://feeds.example/open', '/etc/feeds/own.txt'] },
    });
  });
});
