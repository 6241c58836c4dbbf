import type { EventFormat } from '../../contracts/security-event.js';
import { isRejection, parseEvent } from '../parse-event.js';
import type { ParsedEvent } from '../parsed-event.js';
import { searchTerms } from '../search-terms.js';

function read(event: object, declared: EventFormat | 'auto' = 'auto'): ParsedEvent {
  const result = parseEvent(JSON.stringify(event), { index: 0, declared, receivedAt: Date.UTC(2026, 0, 1) });
  if (isRejection(result)) throw new Error(result.detail);
  return result;
}

describe('Zeek', () => {
  const dns = {
    _path: 'dns',
    ts: '2024-05-01T08:00:00.123456Z',
    uid: 'Cabc1',
    trans_id: 7,
    query: 'evil.example',
    'id.orig_h': '10.0.0.4',
    'id.resp_h': '10.0.0.53',
    'id.resp_p': 53,
  };

  it('finds the connection however it is written', () => {
    const { 'id.orig_h': orig_h, 'id.resp_h': resp_h, 'id.resp_p': resp_p, ...rest } = dns;
    for (const event of [
      dns,
      { ...rest, id: { orig_h, resp_h, resp_p } },
      { ...rest, id_orig_h: orig_h, id_resp_h: resp_h, id_resp_p: resp_p },
    ].map((each) => read(each))) {
      expect(event.field('id.orig_h')).toBe('10.0.0.4');
      expect(event.origin).toEqual({ key: 'zeek/dns/', product: 'zeek', service: 'dns' });
      expect(event.normalized).toMatchObject({
        format: 'zeek',
        src_ip: '10.0.0.4',
        dst_ip: '10.0.0.53',
        dst_port: 53,
        domain: 'evil.example',
      });
      expect(searchTerms(event)).toEqual(['ip:10.0.0.4', 'ip:10.0.0.53']);
    }
  });

  it('knows the log by its fields where it is not named', () => {
    const { _path, ...rest } = dns;
    expect(_path).toBe('dns');
    expect(read({ ...rest, qtype_name: 'A' }, 'zeek').origin.service).toBe('dns');
    expect(read({ ts: 1_714_550_400.5, conn_uids: ['C1'], mime_type: 'text/plain' })).toMatchObject({
      origin: { service: 'files' },
      time: 1_714_550_400_500,
    });
  });

  it('tells the lines of one connection apart', () => {
    const keys = [dns, { ...dns, trans_id: 8 }, { ...dns, query: 'x'.repeat(300) }, { ...dns, ts: '2024-05-01T08:00:01Z' }].map(
      (event) => read(event).identity?.key,
    );
    expect(new Set(keys).size).toBe(4);
    expect(read(dns).identity).toEqual(read({ ...dns, rtt: 1 }).identity);
    expect(read({ ...dns, uid: undefined }).identity).toBeNull();
  });
});

describe('CloudTrail', () => {
  const call = {
    eventTime: '2024-05-01T08:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    eventID: 'id-1',
    sourceIPAddress: '198.51.100.1',
    recipientAccountId: '123456789012',
    userIdentity: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::123456789012:assumed-role/Ops/gil',
      sessionContext: { sessionIssuer: { userName: 'Ops' } },
    },
  };

  it('is read', () => {
    const event = read(call);
    expect(event).toMatchObject({
      format: 'cloudtrail',
      origin: { product: 'aws', service: 'cloudtrail' },
      identity: { stream: 'cloudtrail', key: '2024-05-01T08:00:00Z|id-1' },
    });
    expect(event.field('userIdentity.type')).toBe('AssumedRole');
    expect(event.normalized).toMatchObject({ action: 'CreateUser', outcome: 'success', user: 'Ops', cloud_account: '123456789012' });
    expect(searchTerms(event)).toEqual(['user:ops', 'ip:198.51.100.1']);
    expect(event.entities.map(({ type }) => type)).toEqual(['user', 'ip', 'cloud_account']);
  });

  it('tells failures, and services in place of addresses', () => {
    expect(read({ ...call, errorCode: 'AccessDenied' }).normalized.outcome).toBe('failure');
    expect(read({ ...call, responseElements: { ConsoleLogin: 'Failure' } }).normalized.outcome).toBe('failure');
    expect(read({ ...call, sourceIPAddress: 'ec2.amazonaws.com' }).normalized.src_ip).toBeUndefined();
  });
});

describe('Suricata, ECS and OCSF', () => {
  it('reads an alert of Suricata', () => {
    const event = read({
      timestamp: '2024-05-01T08:00:00.5+0000',
      event_type: 'alert',
      flow_id: 1,
      src_ip: '10.1.1.1',
      dest_ip: '10.1.1.2',
      dest_port: 80,
      alert: { signature: 'S' },
    });
    expect(event).toMatchObject({ format: 'suricata', origin: { product: 'suricata', service: 'alert' }, identity: null });
    expect(event.normalized).toMatchObject({ action: 'S', src_ip: '10.1.1.1', dst_ip: '10.1.1.2', dst_port: 80 });
  });

  it('reads ECS, nested and dotted', () => {
    const nested = {
      '@timestamp': '2024-05-01T08:00:00Z',
      event: { category: ['process'], type: ['start'], id: 'e1' },
      host: { name: 'Mac1', os: { type: 'macos' } },
      process: { executable: '/bin/sh', command_line: 'sh -c x' },
    };
    const dotted = {
      '@timestamp': '2024-05-01T08:00:00Z',
      'event.category': 'process',
      'event.type': 'start',
      'event.id': 'e1',
      'host.name': 'Mac1',
      'host.os.type': 'macos',
      'process.executable': '/bin/sh',
      'process.command_line': 'sh -c x',
    };
    for (const event of [read(nested), read(dotted)]) {
      expect(event).toMatchObject({ format: 'ecs', origin: { product: 'macos', category: 'process_creation' }, identity: { key: 'e1' } });
      expect(event.field('CommandLine')).toBe('sh -c x');
      expect(event.normalized).toMatchObject({ host: 'Mac1', process: '/bin/sh' });
    }
    expect(read({ '@timestamp': '2024-05-01T08:00:00Z', event: { dataset: 'okta.system' } }).origin).toMatchObject({
      product: 'okta',
      service: 'system',
    });
  });

  it('reads OCSF', () => {
    const event = read({
      class_uid: 1007,
      activity_id: 1,
      time: 1_714_550_400_000,
      metadata: { uid: 'm1' },
      device: { hostname: 'pc', os: { type: 'Windows' } },
      process: { cmd_line: 'a b', file: { path: 'C:\\a.exe' } },
      actor: { user: { name: 'hal' } },
    });
    expect(event).toMatchObject({
      format: 'ocsf',
      origin: { product: 'windows', category: 'process_creation' },
      time: 1_714_550_400_000,
      identity: { key: 'm1' },
    });
    expect([event.field('Image'), event.field('CommandLine')]).toEqual(['C:\\a.exe', 'a b']);
  });
});
