import { cloudCall, iamUser, type CloudCall } from '../cloudtrail-events.js';
import { INTRUDER_ADDRESS } from '../sites.js';
import type { World } from '../world.js';
import type { IntrusionCast, PlannedStep } from './intrusion-plan.js';

const AGENT = 'aws-cli/2.15.30 Python/3.11.8 Linux/6.8.0-45-generic exe/x86_64.ubuntu.22';
const BACKDOOR_USER = 'backup-admin';

function calls(world: World, time: number, cast: IntrusionCast, made: readonly CloudCall[]): void {
  const caller = { identity: iamUser(cast.cloudUser, 'AKIAEXAMPLE000STOLEN'), address: INTRUDER_ADDRESS, agent: AGENT };
  let moment = time;
  for (const call of made) {
    cloudCall(world, moment, caller, call);
    moment += world.random.int(3_000, 25_000);
  }
}

function explore(world: World, time: number, cast: IntrusionCast): void {
  const objects = [1, 2, 3].map((part) => ({
    service: 's3',
    action: 'GetObject',
    parameters: { bucketName: 'acme-exports', key: `ledger/2026/part-${part}.parquet` },
  }));
  calls(world, time, cast, [
    { service: 'sts', action: 'GetCallerIdentity' },
    { service: 's3', action: 'ListBuckets' },
    { service: 'iam', action: 'ListUsers' },
    { service: 's3', action: 'ListObjects', parameters: { bucketName: 'acme-exports' } },
    ...objects,
  ]);
}

function makeKey(world: World, time: number, cast: IntrusionCast): void {
  const response = { accessKey: { userName: BACKDOOR_USER, status: 'Active', accessKeyId: 'AKIAEXAMPLE00BACKDOOR' } };
  calls(world, time, cast, [{ service: 'iam', action: 'CreateAccessKey', parameters: { userName: BACKDOOR_USER }, response }]);
}

function stopTrail(world: World, time: number, cast: IntrusionCast): void {
  calls(world, time, cast, [
    { service: 'cloudtrail', action: 'DescribeTrails' },
    { service: 'cloudtrail', action: 'StopLogging', parameters: { name: 'org-trail' } },
  ]);
}

const IN_CLOUD = { host: 'cloud', user: 'cloud user' } as const;

/** What the intruder does with the key that lay on the file server. */
export const CLOUD: readonly PlannedStep[] = [
  {
    ...IN_CLOUD,
    step: 'cloud-discovery',
    minute: 860,
    technique: 'T1619',
    tactic: 'discovery',
    act: explore,
    description: 'The stolen cloud key is used from outside to list users and buckets, and to read exports',
  },
  {
    ...IN_CLOUD,
    step: 'cloud-key',
    minute: 866,
    technique: 'T1098.001',
    tactic: 'persistence',
    act: makeKey,
    description: 'An access key is made for another user, to come back with',
  },
  {
    ...IN_CLOUD,
    step: 'trail-stopped',
    minute: 871,
    technique: 'T1685.002',
    tactic: 'defense-impairment',
    act: stopTrail,
    description: 'The audit trail of the cloud account is stopped',
  },
];
