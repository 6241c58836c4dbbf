import { pass, fail, unknown, unless, type Rule, type Seen, whenSeen } from './check.js';

/** What was seen of the environment that a process would start in, and of what it names. Names, modes and counts; no values. */
export interface EnvironmentFacts {
  /** Why the app would not start: `JWT_SECRET is missing`. */
  readonly faults: readonly string[];
  /** Names of variables that look like ours, and that nothing reads. */
  readonly unread: readonly string[];
  /** What weakens Node itself: `NODE_OPTIONS opens the debugger`. */
  readonly node: readonly string[];
  /** What is wrong with who may read the files. */
  readonly files: Seen<readonly string[]>;
  /** Null where there is none. */
  readonly redis: Seen<{ readonly hasPassword: boolean; readonly isSafe: boolean } | null>;
  /** What is wrong with the role in PostgreSQL; null where nothing is, undefined where the databases are files. */
  readonly role: Seen<string | null | undefined>;
  readonly audit: Seen<readonly { readonly log: string; readonly records: number; readonly fault?: string }[]>;
  /** When the newest backup was finished, in milliseconds; null where the directory holds none. */
  readonly backup: Seen<number | null>;
  readonly now: number;
}

const HOUR_MS = 3_600_000;
const OLDEST_BACKUP_HOURS = 26;

/** What a process would start with. */
export const ENVIRONMENT_RULES: readonly Rule<EnvironmentFacts>[] = [
  ownSecret('jwt-secret', 'JWT_SECRET'),
  ownSecret('service-key', 'SERVICE_API_KEY'),
  {
    id: 'environment.usable',
    title: 'Everything that is set can be used, and fits together',
    answers: [],
    judge: ({ faults }) => unless(faults, 'the app would start'),
  },
  {
    id: 'environment.unread',
    title: 'No variable is misspelt',
    answers: [],
    judge: ({ unread }) =>
      unless(
        unread.map((name) => `${name} is read by nothing`),
        'whatever looks like one of ours is one',
      ),
  },
  {
    id: 'environment.node',
    title: 'Node keeps its guards up',
    answers: ['scan'],
    judge: ({ node }) => unless(node, 'nothing lowers them'),
  },
  {
    id: 'environment.files',
    title: 'Nobody else reads the files',
    answers: ['service-account'],
    judge: ({ files }) => whenSeen(files, (faults) => unless(faults, 'only their owner does')),
  },
  {
    id: 'environment.redis',
    title: 'Redis asks for a password, and is spoken to over TLS',
    answers: ['service-account', 'tls'],
    judge: ({ redis }) =>
      whenSeen(redis, (target) => {
        if (target === null) return pass('there is none');
        const faults = [
          ...(target.hasPassword ? [] : ['REDIS_URL has no password']),
          ...(target.isSafe ? [] : ['REDIS_URL is not a rediss URL']),
        ];
        return unless(faults, 'both');
      }),
  },
  {
    id: 'environment.database-role',
    title: 'The role in the database owns nothing',
    answers: ['service-account', 'isolation'],
    judge: ({ role }) =>
      whenSeen(role, (fault) => {
        if (fault === undefined) return pass('the databases are files');
        return fault === null ? pass('row-level security binds it') : fail(fault);
      }),
  },
  {
    id: 'environment.audit',
    title: 'Every audit log holds',
    answers: ['access-logs'],
    judge: ({ audit }) =>
      whenSeen(audit, (logs) => {
        const faults = logs.flatMap(({ log, fault }) => (fault === undefined ? [] : [`the log of ${log}: ${fault}`]));
        return unless(faults, `${logs.reduce((sum, { records }) => sum + records, 0)} records in ${logs.length} logs`);
      }),
  },
  {
    id: 'environment.backup',
    title: 'There is a backup of today',
    answers: [],
    judge: ({ backup, now }) =>
      whenSeen(backup, (finishedAt) => {
        if (finishedAt === null) return fail('there is no finished backup');
        const hours = Math.floor((now - finishedAt) / HOUR_MS);
        return hours <= OLDEST_BACKUP_HOURS ? pass(`the newest is ${hours} hours old`) : fail(`the newest is ${hours} hours old`);
      }),
  },
];

function ownSecret(item: 'jwt-secret' | 'service-key', name: string): Rule<EnvironmentFacts> {
  return {
    id: `environment.${item}`,
    title: `${name} is long, random and its own`,
    answers: [item],
    judge: ({ faults }) => {
      const own = faults.filter((fault) => fault.split(/\W+/).includes(name));
      if (own.length > 0) return fail(own.join('; '));
      return faults.length === 0
        ? pass('32 bytes at least, like no placeholder and no other secret')
        : unknown('other variables are at fault first');
    },
  };
}
