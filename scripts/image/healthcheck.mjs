/**
 * Asks the app in the same container whether it lives, or what the first argument names (`/health/ready`); ends with 0 where the answer is 200.
 * Its certificate is not checked: it is asked over the loopback interface, and whom it is for is none of this address.
 */
import { request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';

const PATIENCE_MS = 4_000;

const { PORT, TLS_CERT_FILE } = process.env;
const ask = TLS_CERT_FILE ? overTls : overHttp;
const target = {
  host: '127.0.0.1',
  port: Number(PORT || 8080),
  path: process.argv[2] ?? '/health/live',
  timeout: PATIENCE_MS,
  rejectUnauthorized: false,
};
const asked = ask(target, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1));
asked.once('timeout', () => process.exit(1));
asked.once('error', () => process.exit(1));
asked.end();
