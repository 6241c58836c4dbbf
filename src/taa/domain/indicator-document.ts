import { IndicatorError } from './indicator-error.js';
import { DEFAULT_CONFIDENCE, type IndicatorDocument, type IndicatorReport, type UnsupportedIndicator } from './indicator.js';
import { anyValue } from './indicator-value.js';
import { readStixObjects } from './stix-bundle.js';

const MOST_REPORTS = 200_000;
const MOST_UNSUPPORTED = 1_000;
const SHOWN = 80;

/**
 * Reads what a feed offers: a STIX 2.1 bundle, or a plain list with one address, address block, domain, URL, hash or e-mail address a line, in which
 * `#` starts a comment and only the first word of a line counts. Of what cannot be used the first 1,000 are reported.
 * @throws IndicatorError where it is neither, or holds more than 200,000 indicators.
 */
export function readIndicatorDocument(text: string): IndicatorDocument {
  const { reports, unsupported } = text.trimStart().startsWith('{') ? readBundle(text) : readList(text);
  if (reports.length > MOST_REPORTS) throw new IndicatorError(`more than ${MOST_REPORTS} indicators`);
  return { reports, unsupported: unsupported.slice(0, MOST_UNSUPPORTED) };
}

function readBundle(text: string): IndicatorDocument {
  let bundle: unknown;
  try {
    bundle = JSON.parse(text);
  } catch {
    throw new IndicatorError('not valid JSON');
  }
  const objects: unknown = typeof bundle === 'object' && bundle !== null && 'objects' in bundle ? bundle.objects : undefined;
  if (!Array.isArray(objects)) throw new IndicatorError('not a STIX bundle: objects is missing');
  return readStixObjects(objects);
}

function readList(text: string): IndicatorDocument {
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
