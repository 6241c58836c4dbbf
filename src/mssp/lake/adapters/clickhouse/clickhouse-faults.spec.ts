import { ClickHouseError } from '@clickhouse/client';
import { toTenantId } from '../../../../contracts/tenant.js';
import { clickHouseFault } from './clickhouse-faults.js';

const TENANT = toTenantId('acme');
const told = (code: number, message: string, type = 'SOME_TYPE'): string =>
  String(clickHouseFault(new ClickHouseError({ code: String(code), message, type }), TENANT));

describe('what is said of an error of ClickHouse', () => {
  it.each([
    [81, 'Database gatra_acme does not exist. Maybe you meant gatra_globex?', 'has no database'],
    [60, "Unknown table expression identifier 'gatra_acme.events' in scope SELECT * FROM gatra_acme.events", 'has no table events'],
    [60, 'Table gatra_acme.records does not exist. Maybe you meant gatra_globex.records?', 'has no table records'],
    [
      47,
      "Unknown expression identifier `folded` in scope SELECT folded FROM gatra_acme.events WHERE a = 'password1'",
      'has no column folded',
    ],
    [16, 'No such column folded in table gatra_acme.events (a1e967fe-125c-426a-84ca-bb20ea6f38cb)', 'has no column folded'],
    [516, 'gatra: Authentication failed: password is incorrect, or there is no user with such name', 'does not accept the credentials'],
    [
      497,
      "gatra: Not enough privileges. To execute this query, it's necessary to have the grant INSERT(batch_id, idx) ON gatra_acme.events",
      'does not allow what is needed: INSERT',
    ],
    [497, 'the grant CREATE DATABASE ON gatra_acme.*', 'does not allow what is needed: CREATE DATABASE'],
    [27, "Cannot parse input: expected '\"' before: 'bad\",3]': (at row 1) password1", 'refuses the request (code 27)'],
  ])('is a refusal that names what is missing and nothing else (%d)', (code, message, expected) => {
    expect(told(code, message)).toBe(`LakeRefused: ClickHouse ${expected} for tenant acme`);
  });

  it.each([
    [159, 'Timeout exceeded: elapsed 30 seconds, password1', 'TIMEOUT_EXCEEDED'],
    [252, 'Too many parts (3000) in gatra_globex', 'TOO_MANY_PARTS'],
    [9_999, 'never heard of', 'NEW_ERROR'],
  ])('is a fault that may pass where it is not a refusal (%d)', (code, message, type) => {
    expect(told(code, message, type)).toBe(`ClickHouseFault: ClickHouse has failed (code ${code} ${type})`);
  });

  it.each([
    [Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:8123'), { code: 'ECONNREFUSED' }), 'ClickHouse cannot be used (ECONNREFUSED)'],
    [new Error('<html>502 Bad Gateway, Authorization: Basic Z2F0cmE6c2VjcmV0</html>'), 'ClickHouse cannot be used'],
  ])('names the code of the network alone', (error, expected) => {
    expect(clickHouseFault(error, TENANT)).toMatchObject({ name: 'ClickHouseFault', message: expected });
  });
});
