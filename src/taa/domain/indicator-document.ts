import { IndicatorError } from './indicator-error.js';
import { DEFAULT_CONFIDENCE, type IndicatorDocument, type IndicatorReport, type UnsupportedIndicator } from './indicator.js';
import { anyValue } from './indicator-value.js';
import { isMispDocument, readMispDocument } from './misp-document.js';
import type { MatcherCompiler } from './stix/compile-test.js';
import { readStixObjects } from './stix-bundle.js';

const MOST_REPORTS = 200_000;
const MOST_UNSUPPORTED = 1_000;
const SHOWN = 80;

/**
 * Reads what a feed offers: a STIX bundle, an envelope of TAXII, events of MISP, or a plain list with one address, address block, domain, URL, hash or e-mail
 * address a line, in which `#` starts a comment and only the first word of a line counts. Of what cannot be used the first 1,000 are reported.
 * @param compile what regular expressions of patterns are compiled with.
 * @throws IndicatorError where it is none of these, nothing in it or less than half of a list can be used, or it holds more than 200,000 indicators.
 */
export function readIndicatorDocument(text: string, compile: MatcherCompiler): IndicatorDocument {
  const [first = ''] = text.trimStart();
  if (first === '<' || first === '[') throw new IndicatorError('neither a list nor an object of JSON');
  return boundedDocument(first === '{' ? usableDocument(readJson(text, compile)) : usableList(readPlainList(text)));
}

/** @throws IndicatorError where a list has nothing that can be used, or more that cannot: most likely it is something else. */
export function usableList(list: IndicatorDocument): IndicatorDocument {
  const { reports, unsupported } = usableDocument(list);
  if (reports.length === 0) throw new IndicatorError('an empty list');
  if (unsupported.length <= reports.length) return list;
  throw new IndicatorError(`not a list of indicators: ${unsupported.length} lines cannot be used, ${reports.length} can`);
}

/** @throws IndicatorError where there are indicators, of which none can be used. */
function usableDocument(document: IndicatorDocument): IndicatorDocument {
  const { reports, unsupported } = document;
  const [first] = unsupported;
  if (reports.length > 0 || first === undefined) return document;
  throw new IndicatorError(`none of ${unsupported.length} indicators can be used: ${first.reason}`);
}

/** @throws IndicatorError for more than 200,000 indicators. */
export function boundedDocument({ reports, unsupported }: IndicatorDocument): IndicatorDocument {
  if (reports.length > MOST_REPORTS) throw new IndicatorError(`more than ${MOST_REPORTS} indicators`);
  return { reports, unsupported: unsupported.slice(0, MOST_UNSUPPORTED) };
}

function readJson(text: string, compile: MatcherCompiler): IndicatorDocument {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new IndicatorError('not valid JSON');
  }
  if (typeof document !== 'object' || document === null) throw new IndicatorError('not an object');
  if (isMispDocument({ ...document })) return readMispDocument({ ...document });
  const objects: unknown = 'objects' in document ? document.objects : undefined;
  if (!Array.isArray(objects)) throw new IndicatorError('neither a STIX bundle nor events of MISP: objects and Event are missing');
  return readStixObjects(objects, compile);
}

/** A list with a value a line, in which `#` starts a comment and only the first word of a line counts. */
export function readPlainList(text: string): IndicatorDocument {
  const reports = new Map<string, IndicatorReport>();
  const unsupported: UnsupportedIndicator[] = [];
  for (const line of text.split('\n')) {
    const comment = line.search(/(?:^|\s)#/);
    const [word = ''] = (comment < 0 ? line : line.slice(0, comment)).trim().split(/[\s,;]/, 1);
    if (word === '') continue;
    try {
      const value = anyValue(word);
      reports.set(value.value, {
        external_id: value.value,
        name: value.value.slice(0, 200),
        values: [value],
        valid_from: null,
        valid_until: null,
        confidence: DEFAULT_CONFIDENCE,
        revoked: false,
      });
    } catch (error) {
      if (!(error instanceof IndicatorError)) throw error;
      unsupported.push({ id: word.slice(0, SHOWN), reason: error.message });
    }
  }
  return { reports: [...reports.values()], unsupported };
}
