import { closestTlp, type Tlp } from '../../contracts/tlp.js';
import { IndicatorError } from './indicator-error.js';
import {
  DEFAULT_CONFIDENCE,
  type IndicatorDocument,
  type IndicatorReport,
  type IndicatorValue,
  type UnsupportedIndicator,
} from './indicator.js';
import { domainValue, emailValue, fileNameValue, hashValue, ipValue, mutexValue, registryKeyValue, urlValue } from './indicator-value.js';
import { tlpOfLabel } from './tlp.js';

type Json = Readonly<Record<string, unknown>>;
type Reader = (text: string) => IndicatorValue;

const MAX_ID = 128;
const MAX_NAME = 200;
const MAX_SECONDS = 253_402_300_799;

/** What the parts of an attribute's value are, by its type; parts are divided by `|` (the types of MISP's core format, section 2.4). */
const READERS: ReadonlyMap<string, readonly Reader[]> = new Map(
  Object.entries({
    'ip-src': [ipValue],
    'ip-dst': [ipValue],
    'ip-src|port': [ipValue],
    'ip-dst|port': [ipValue],
    domain: [domainValue],
    hostname: [domainValue],
    'hostname|port': [domainValue],
    'domain|ip': [domainValue, ipValue],
    url: [urlValue],
    md5: [hashValue],
    sha1: [hashValue],
    sha256: [hashValue],
    sha512: [hashValue],
    filename: [fileNameValue],
    'filename|md5': [fileNameValue, hashValue],
    'filename|sha1': [fileNameValue, hashValue],
    'filename|sha256': [fileNameValue, hashValue],
    'filename|sha512': [fileNameValue, hashValue],
    email: [emailValue],
    'email-src': [emailValue],
    'email-dst': [emailValue],
    regkey: [registryKeyValue],
    mutex: [mutexValue],
  }),
);

/** Whether a JSON document is of MISP: an event, or the answer of a search for events. */
export function isMispDocument(document: Json): boolean {
  return isRecord(document['Event']) || Array.isArray(document['response']);
}

/**
 * Reads the attributes of MISP events that are meant for detection (`to_ids`), those of objects too. A file's name beside its hash is not looked for by itself.
 * Attributes of types that are not matched are reported.
 * @throws IndicatorError where an answer has something, but no event.
 */
export function readMispDocument(document: Json): IndicatorDocument {
  const wrapped = isRecord(document['Event']) ? [document] : listOf(document['response']);
  const events = wrapped.flatMap((each) => (isRecord(each) && isRecord(each['Event']) ? [each['Event']] : []));
  if (events.length === 0 && wrapped.length > 0) throw new IndicatorError('no events of MISP');
  const reports = new Map<string, IndicatorReport>();
  const unsupported: UnsupportedIndicator[] = [];
  for (const event of events) {
    const objects = listOf(event['Object']).filter(isRecord);
    const attributes = [event, ...objects].flatMap((holder) => listOf(holder['Attribute'])).filter(isRecord);
    for (const attribute of attributes.filter(isForDetection)) {
      try {
        const report = readAttribute(event, attribute);
        reports.set(report.external_id, report);
      } catch (error) {
        if (!(error instanceof IndicatorError)) throw error;
        unsupported.push({ id: textOf(attribute['uuid'], MAX_ID) ?? 'an attribute', reason: error.message });
      }
    }
  }
  return { reports: [...reports.values()], unsupported };
}

function isForDetection({ to_ids: isSign, deleted }: Json): boolean {
  return (isSign === true || isSign === '1') && deleted !== true && deleted !== '1';
}

function readAttribute(event: Json, attribute: Json): IndicatorReport {
  const { uuid, type, value } = attribute;
  const id = textOf(uuid, MAX_ID);
  if (id === undefined) throw new IndicatorError('uuid is missing');
  const readers = READERS.get(String(type).toLowerCase());
  if (readers === undefined) throw new IndicatorError(`attributes of type ${String(type).slice(0, 40)} are not matched`);
  if (typeof value !== 'string') throw new IndicatorError('value is missing');
  const parts = value.split('|');
  const values = readers.map((read, at) => read(parts[at] ?? ''));
  const certain = values.filter(({ type: kind }) => kind !== 'file_name');
  const tlp = closestTlp([...tagsOf(event), ...tagsOf(attribute)]);
  return {
    external_id: id,
    name: textOf(event['info'], MAX_NAME) ?? value.slice(0, MAX_NAME),
    values: certain.length > 0 ? certain : values,
    valid_from: timeOf(attribute['first_seen']) ?? timeOf(attribute['timestamp']),
    valid_until: null,
    confidence: DEFAULT_CONFIDENCE,
    revoked: false,
    ...(tlp === undefined ? {} : { tlp }),
  };
}

function tagsOf(holder: Json): (Tlp | undefined)[] {
  return listOf(holder['Tag']).map((tag) => (isRecord(tag) ? tlpOfLabel(String(tag['name'])) : undefined));
}

/** Times are seconds since the epoch as digits, or RFC 3339. */
function timeOf(value: unknown): string | null {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (/^\d{1,12}$/.test(text)) return Number(text) > MAX_SECONDS ? null : new Date(Number(text) * 1_000).toISOString();
  const time = text.length <= 40 && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function textOf(value: unknown, length: number): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, length).toWellFormed() : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
