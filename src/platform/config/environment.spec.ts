import { EnvironmentError, readConfig } from './environment.js';

describe('readConfig', () => {
  it('names every bad variable at once and never its value', () => {
    const read = (): unknown => readConfig({ PORT: 'eighty', ENVIRONMENT: 'staging', LOG_LEVEL: 'loud' });
    expect(read).toThrow(EnvironmentError);
    try {
      read();
    } catch (error) {
      expect((error as EnvironmentError).faults.map((fault) => fault.split(' ')[0])).toEqual(['ENVIRONMENT', 'PORT', 'LOG_LEVEL']);
      expect((error as Error).message).not.toMatch(/eighty|staging|loud/);
    }
  });

  it('is production, and open to the network, unless told otherwise', () => {
    expect(readConfig({})).toMatchObject({ environment: 'production', http: { host: '0.0.0.0', port: 8080 } });
    expect(readConfig({ ENVIRONMENT: 'development' }).http.host).toBe('127.0.0.1');
  });
});
