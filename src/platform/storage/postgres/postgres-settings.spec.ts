import { readPostgresUrls } from './postgres-settings.js';

const LOCAL = 'postgres://gatra_app@127.0.0.1/gatra';
const FAR = 'postgres://gatra_app:hunter2@db.example:5433/gatra';

const read = (app: string | null, owner: string | null = null, allowPlaintext = false) =>
  readPostgresUrls({ app, owner, allowPlaintext, hasEvents: false });

describe('where PostgreSQL is', () => {
  it('R06 is nowhere, here, or elsewhere over verified TLS', () => {
    expect(read(null)).toEqual({ urls: null, faults: [] });
    expect(read(LOCAL)).toEqual({ urls: { app: LOCAL, owner: null }, faults: [] });
    const sure = `${FAR}?sslmode=verify-full`;
    expect(read(sure, sure)).toEqual({ urls: { app: sure, owner: sure }, faults: [] });
    expect(read(FAR, null, true).urls).toEqual({ app: FAR, owner: null });
    const withCertificate =
      'postgres://gatra_app@db.example/gatra?sslmode=verify-full&sslcert=/etc/gatra/tls.crt&sslkey=/etc/gatra/tls.key';
    expect(read(withCertificate).urls?.app).toBe(withCertificate);
  });

  it('is somewhere where events are to be in it', () => {
    const settings = { owner: null, allowPlaintext: false, hasEvents: true };
    expect(readPostgresUrls({ ...settings, app: null })).toEqual({
      urls: null,
      faults: [['DATABASE_URL', 'is missing, as EVENT_STORE is postgres']],
    });
    expect(readPostgresUrls({ ...settings, app: LOCAL }).urls?.app).toBe(LOCAL);
  });

  it.each([
    ['mysql://joe:hunter2@db/gatra', /is not a URL of the form postgres:/],
    ['hunter2', /is not a URL of the form/],
    [`${LOCAL}${'x'.repeat(4_096)}`, /is not a URL of the form/],
    ['postgres://127.0.0.1/gatra', /names no user/],
    ['postgres://joe:hunter2@127.0.0.1', /names no database/],
    ['postgres://joe:hunter2@127.0.0.1/gatra/more', /names no database/],
    ['postgres://joe@db.example/gatra?sslmode=verify-full', /has no password/],
    [FAR, /must end in \?sslmode=verify-full/],
    [`${FAR}?sslmode=require`, /must end in \?sslmode=verify-full/],
  ])('refuses what is not complete, by the name of the variable and without its value: %s', (url, reason) => {
    const here = read(url);
    expect(here).toEqual({ urls: null, faults: [['DATABASE_URL', expect.stringMatching(reason)]] });
    expect(JSON.stringify(here)).not.toContain('hunter2');
    expect(read(LOCAL, url)).toEqual({ urls: null, faults: [['DATABASE_MIGRATION_URL', expect.stringMatching(reason)]] });
  });

  it('refuses an owner of tables that nobody is to use', () => {
    expect(read(null, LOCAL).faults).toEqual([['DATABASE_URL', 'is missing, as DATABASE_MIGRATION_URL is set']]);
  });
});
