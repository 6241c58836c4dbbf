/**
 * ClickHouse's engine behind as much of ClickHouse's HTTP interface as its official client uses, in a process of its own:
 * `node clickhouse-main.mjs PORT DIRECTORY USER PASSWORD`. One statement at a time. What clickhouse-local has not (users, modes of reading) is done here.
 */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const [port, directory, user, password] = process.argv.slice(2);
const { Session } = createRequire(new URL('../emulators/package.json', import.meta.url))('chdb');
const session = new Session(directory);
/** Of what the client sends in the URL, what is no setting of the engine. */
const NOT_SETTINGS = new Set(['query', 'query_id', 'database', 'wait_end_of_query', 'session_id', 'role', 'default_format']);
const FORMAT = { format: 'TabSeparated' };
const STATUSES = { 516: 401, 497: 403, 81: 404, 60: 404, 47: 404, 159: 408, 202: 503, 242: 503, 252: 503 };
const ESCAPES = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', 0: '\0', "'": "'", '\\': '\\' };
/** `{"statement": …, "code": …, "status": …}`: what statements with this text in them are answered, as often as it says. */
const troubles = [];

class Refusal extends Error {
  constructor(code, type, text) {
    super(`Code: ${code}. DB::Exception: ${text}. (${type}) (version 26.7.2.1)`);
  }
}

let last = Promise.resolve();
createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    last = last.then(() => answer(request, Buffer.concat(chunks).toString(), response));
  });
}).listen(Number(port), '127.0.0.1', () => process.send?.('listening'));

process.on('message', (trouble) => {
  troubles.push(trouble);
  process.send?.('noted');
});

async function answer({ url, headers }, body, response) {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (pathname === '/ping') return void response.end('Ok.\n');
  try {
    admit(headers);
    const { statement, values, data } = read(searchParams, headers, body);
    makeTrouble(statement);
    const settings = Object.fromEntries([...searchParams].filter(([name]) => !NOT_SETTINGS.has(name) && !name.startsWith('param_')));
    if (Number(settings['readonly'] ?? 0) > 0 && !/^(SELECT|WITH|SHOW)\b/.test(statement)) {
      throw new Refusal(164, 'READONLY', 'Cannot execute query in readonly mode');
    }
    const text = withSettings(statement, settings) + data;
    const isBound = Object.keys(values).length > 0;
    const result = await (isBound ? session.queryBindAsync(text, values, FORMAT) : session.queryAsync(text, FORMAT));
    response.end(Buffer.from(result.bytes()));
  } catch (error) {
    if (error.answer) return void response.writeHead(error.answer.status).end(error.answer.body);
    const code = Number(/Code: (\d+)/.exec(error.message)?.[1] ?? 1_001);
    response.writeHead(STATUSES[code] ?? (code < 200 ? 400 : 500), { 'X-ClickHouse-Exception-Code': String(code) });
    response.end(error.message);
  }
}

/** Throws what the server is told to answer to such a statement. */
function makeTrouble(statement) {
  const at = troubles.findIndex((trouble) => statement.includes(trouble.statement));
  if (at < 0) return;
  const trouble = troubles[at];
  if (--trouble.times <= 0) troubles.splice(at, 1);
  if (trouble.status) throw Object.assign(new Error('trouble'), { answer: trouble });
  throw new Refusal(trouble.code, trouble.type, trouble.text);
}

function admit({ authorization = '', ...headers }) {
  const basic = Buffer.from(/^Basic (.*)$/.exec(authorization)?.[1] ?? '', 'base64').toString();
  const given = authorization === '' ? `${headers['x-clickhouse-user']}:${headers['x-clickhouse-key']}` : basic;
  if (given === `${user}:${password}`) return;
  const [name] = given.split(':');
  throw new Refusal(
    516,
    'AUTHENTICATION_FAILED',
    `${name}: Authentication failed: password is incorrect, or there is no user with such name`,
  );
}

/** The statement, its values and the data behind it, from wherever the client has put them. */
function read(searchParams, headers, body) {
  const boundary = /boundary=(.*)$/.exec(headers['content-type'] ?? '')?.[1];
  const form = boundary === undefined ? [] : partsOf(body, boundary);
  const entries = [...searchParams, ...form];
  const query = entries.find(([name]) => name === 'query')?.[1];
  const values = Object.fromEntries(
    entries.filter(([name]) => name.startsWith('param_')).map(([name, value]) => [name.slice('param_'.length), value]),
  );
  const statement = query ?? body;
  const data = query === undefined || boundary !== undefined ? '' : `\n${body}`;
  return { statement, values: bound(statement, values), data };
}

/** The values as they were before they were written for the URL; what is neither text nor a list of texts is read by the engine as it comes. */
function bound(statement, values) {
  const types = new Map([...statement.matchAll(/\{(\w+):\s*([\w()]+)/g)].map(([, name, type]) => [name, type]));
  const read = {
    String: unescaped,
    'Array(String)': (text) => [...text.matchAll(/'((?:\\.|[^'\\])*)'/gsu)].map(([, each]) => unescaped(each)),
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, read[types.get(name)]?.(value) ?? value]));
}

function unescaped(text) {
  return text.replace(/\\(.)/gsu, (_, sign) => ESCAPES[sign] ?? sign);
}

function partsOf(body, boundary) {
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const end = part.indexOf('\r\n\r\n');
      return [/name="([^"]*)"/.exec(part.slice(0, end))?.[1] ?? '', part.slice(end + 4, -2)];
    });
}

/** Settings hold for their own statement alone. Those of definitions are the server's own business. */
function withSettings(statement, settings) {
  const pairs = Object.entries(settings).map(([name, value]) => `${name} = ${/^\d+$/.test(value) ? value : `'${value}'`}`);
  if (pairs.length === 0 || !/^(SELECT|WITH|INSERT)\b/.test(statement)) return statement;
  const at = statement.lastIndexOf('FORMAT ');
  return `${statement.slice(0, at)} SETTINGS ${pairs.join(', ')} ${statement.slice(at)}`;
}
