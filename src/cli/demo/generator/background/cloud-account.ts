import { assumedRole, cloudCall, iamUser, type CloudCall, type CloudCaller } from '../cloudtrail-events.js';
import { EGRESS_ADDRESS } from '../company.js';
import type { World } from '../world.js';
import type { Activity, Appointment, Routine } from './activity.js';

const CI: CloudCaller = {
  identity: assumedRole('ci-deploy', 'pipeline'),
  address: '192.0.2.60',
  agent: 'aws-sdk-go-v2/1.30.3 os/linux lang/go#1.23.1',
};
const TERRAFORM: CloudCaller = {
  identity: assumedRole('terraform', 'apply'),
  address: '192.0.2.60',
  agent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.5',
};
const APPLICATION: CloudCaller = {
  identity: assumedRole('payments-api', 'i-0a1b2c3d4e5f60718'),
  address: '10.60.4.17',
  agent: 'aws-sdk-java/2.28.1 Linux/6.1 OpenJDK_64-Bit_Server_VM/21',
};
const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';

const CI_CALLS: readonly CloudCall[] = [
  { service: 'sts', action: 'GetCallerIdentity' },
  { service: 'ecr', action: 'GetAuthorizationToken' },
  { service: 'ecs', action: 'DescribeServices', parameters: { cluster: 'prod', services: ['orders'] } },
  { service: 'ecs', action: 'UpdateService', parameters: { cluster: 'prod', service: 'orders' } },
  { service: 'ssm', action: 'GetParameter', parameters: { name: '/orders/image' } },
  { service: 's3', action: 'PutObject', parameters: { bucketName: 'acme-builds', key: 'orders.zip' } },
];
const PERSON_CALLS: readonly CloudCall[] = [
  { service: 'ec2', action: 'DescribeInstances', parameters: {} },
  { service: 'logs', action: 'FilterLogEvents', parameters: { logGroupName: '/ecs/orders' } },
  { service: 's3', action: 'ListBuckets' },
  { service: 's3', action: 'GetObject', parameters: { bucketName: 'acme-builds', key: 'orders.zip' } },
  { service: 'cloudwatch', action: 'GetMetricData', parameters: {} },
  { service: 'iam', action: 'ListUsers' },
  { service: 'rds', action: 'DescribeDBInstances', parameters: {} },
];
const TERRAFORM_CALLS: readonly CloudCall[] = [
  { service: 'ec2', action: 'DescribeSecurityGroups', parameters: {} },
  { service: 's3', action: 'GetBucketPolicy', parameters: { bucketName: 'acme-exports' } },
  { service: 'ec2', action: 'AuthorizeSecurityGroupIngress', parameters: ingress(5432, '10.60.0.0/16') },
  { service: 'ec2', action: 'AuthorizeSecurityGroupIngress', parameters: ingress(443, '0.0.0.0/0') },
  { service: 'cloudtrail', action: 'GetTrailStatus', parameters: { name: 'org-trail' } },
  { service: 'guardduty', action: 'GetDetector', parameters: { detectorId: '12abc34d567e8fa901bc2d34e56789f0' } },
];

function ingress(port: number, range: string): Record<string, unknown> {
  const rule = { ipProtocol: 'tcp', fromPort: port, toPort: port, ipRanges: { items: [{ cidrIp: range }] } };
  return { groupId: 'sg-0a1b2c3d4e5f60718', ipPermissions: { items: [rule] } };
}

function developer(world: World, agent: string): CloudCaller {
  const { account } = world.random.pick(world.company.developers);
  return { identity: iamUser(account, 'AKIAEXAMPLE0DEVELOPER'), address: EGRESS_ADDRESS, agent };
}

const pipeline: Activity = (world, time) => {
  let moment = time;
  const calls = world.random.int(2, 5);
  for (let each = 0; each < calls; each += 1) {
    cloudCall(world, moment, CI, world.random.pick(CI_CALLS));
    moment += world.random.int(800, 20_000);
  }
};

const explore: Activity = (world, time) => {
  const caller = developer(world, world.random.chance(0.5) ? BROWSER : 'aws-cli/2.17.0 md/awscrt#0.20.11 os/windows#10 lang/python#3.11.8');
  for (let each = 0; each < 3; each += 1)
    cloudCall(world, time + each * world.random.int(2_000, 30_000), caller, world.random.pick(PERSON_CALLS));
};

const readSecret: Activity = (world, time) =>
  cloudCall(world, time, APPLICATION, {
    service: 'secretsmanager',
    action: 'GetSecretValue',
    parameters: { secretId: 'prod/payments/db' },
  });

const apply: Activity = (world, time) => {
  for (let each = 0; each < 3; each += 1) cloudCall(world, time + each * 1_500, TERRAFORM, world.random.pick(TERRAFORM_CALLS));
};

/** What programs and people do in the cloud account. */
export const CLOUD_ACCOUNT_USE: readonly Routine[] = [
  { act: pipeline, atWork: 5, atNight: 1 },
  { act: explore, atWork: 3, atNight: 0.1 },
  { act: readSecret, atWork: 3, atNight: 2 },
  { act: apply, atWork: 0.6, atNight: 0.1 },
];

function signIn(success: boolean): Activity {
  return (world, time) =>
    cloudCall(world, time, developer(world, BROWSER), {
      service: 'signin',
      action: 'ConsoleLogin',
      response: { ConsoleLogin: success ? 'Success' : 'Failure' },
      readOnly: false,
      more: {
        additionalEventData: { MFAUsed: success ? 'Yes' : 'No', LoginTo: 'https://console.aws.amazon.com/console/home' },
        ...(success ? {} : { errorMessage: 'Failed authentication' }),
      },
    });
}

const rotateOwnKey: Activity = (world, time) => {
  const caller = developer(world, BROWSER);
  const { userName } = caller.identity;
  cloudCall(world, time, caller, {
    service: 'iam',
    action: 'CreateAccessKey',
    parameters: { userName },
    response: { accessKey: { userName, status: 'Active' } },
  });
};

const lookUpSecret: Activity = (world, time) =>
  cloudCall(world, time, developer(world, 'aws-cli/2.17.0 md/awscrt#0.20.11 os/windows#10'), {
    service: 'secretsmanager',
    action: 'GetSecretValue',
    parameters: { secretId: 'test/orders/db' },
  });

/** What happens in the cloud account a few times a day. */
export function cloudAppointments(world: World): Appointment[] {
  const acts = [...Array.from({ length: 9 }, () => signIn(true)), signIn(false), signIn(false), rotateOwnKey, lookUpSecret];
  return acts.map((act) => ({ at: world.midnight + Math.round((8 + world.random.float() * 9) * 3_600_000), act }));
}
