import { unreadNames } from './unread-names.js';

describe('variables that nothing reads', () => {
  it('R65 finds what is misspelt, and leaves alone what is not ours', () => {
    const misspelt = ['GATRA_ROLE', 'JWT_SECRETS', 'DATABSE_URL', 'SERVICE_APIKEY'];
    const others = ['HOME', 'HOSTNAME', 'PATH', 'GATRA_SERVICE_HOST', 'GATRA_PORT_8080_TCP', 'REDIS_SERVICE_PORT', 'NODE_ENV', 'LANG'];
    const known = ['JWT_SECRET', 'JWT_SECRET_PREVIOUS', 'RETRY_REDIS_MAX_ATTEMPTS', 'GATRA_ROLES'];
    expect(unreadNames([...misspelt, ...others, ...known])).toEqual(misspelt);
  });
});
