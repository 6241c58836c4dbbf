const NAME = 'app';
const PASSWORD = 'p@ss/w:rd';
/** All that the app needs to be allowed, as docs/redis.md has it. */
const RIGHTS = '~gatra:* &gatra:* -@all +hello +auth +ping +select +info +time +get +set +del +eval +evalsha +publish +subscribe';
/** What tests ask for besides. */
const TESTS = '+script|load';

/** The user and its password, as URLs have them. */
export const asUser = `${NAME}:${encodeURIComponent(PASSWORD)}`;

/** Options of a server that knows a user who may do what the app needs and no more. */
export function userWith(...rights: readonly string[]): readonly string[] {
  return ['--user', NAME, 'on', `>${PASSWORD}`, ...RIGHTS.split(' '), TESTS, ...rights];
}
