import { CLOUD_ACCOUNT } from './company.js';
import type { World } from './world.js';

type Fields = Record<string, unknown>;

/** Who calls the cloud's interface, from where and with what. */
export interface CloudCaller {
  readonly identity: Fields;
  readonly address: string;
  readonly agent: string;
}

export interface CloudCall {
  readonly service: string;
  readonly action: string;
  readonly parameters?: Fields | null;
  readonly response?: Fields | null;
  readonly readOnly?: boolean;
  /** Further members of the record, `errorCode` for one. */
  readonly more?: Fields;
}

/** A user of the account. */
export function iamUser(name: string, accessKey?: string): Fields {
  return {
    type: 'IAMUser',
    principalId: `AIDAEXAMPLE${name.toUpperCase().replace(/[^A-Z]/g, '')}`,
    arn: `arn:aws:iam::${CLOUD_ACCOUNT}:user/${name}`,
    accountId: CLOUD_ACCOUNT,
    userName: name,
    ...(accessKey === undefined ? {} : { accessKeyId: accessKey }),
  };
}

/** Somebody who has taken on a role. */
export function assumedRole(role: string, session: string): Fields {
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${session}`,
    arn: `arn:aws:sts::${CLOUD_ACCOUNT}:assumed-role/${role}/${session}`,
    accountId: CLOUD_ACCOUNT,
    sessionContext: { sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${CLOUD_ACCOUNT}:role/${role}`, userName: role } },
  };
}

/** One call of the cloud's interface, as the trail records it. */
export function cloudCall(world: World, time: number, caller: CloudCaller, call: CloudCall): void {
  world.emit(time, 'cloudtrail', {
    eventVersion: '1.09',
    eventTime: `${new Date(time).toISOString().slice(0, 19)}Z`,
    eventSource: `${call.service}.amazonaws.com`,
    eventName: call.action,
    awsRegion: call.service === 'iam' || call.service === 'signin' ? 'us-east-1' : 'eu-west-1',
    sourceIPAddress: caller.address,
    userAgent: caller.agent,
    userIdentity: caller.identity,
    requestParameters: call.parameters ?? null,
    responseElements: call.response ?? null,
    requestID: world.random.uuid(),
    eventID: world.random.uuid(),
    readOnly: call.readOnly ?? /^(?:Get|List|Describe)/.test(call.action),
    eventType: call.service === 'signin' ? 'AwsConsoleSignIn' : 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: CLOUD_ACCOUNT,
    ...call.more,
  });
}
