import type { SecurityEvent } from '../../contracts/security-event.js';
import type { SigmaRule } from '../../ada/domain/sigma/sigma-rule.js';
import { isRejection, parseEvent } from '../../events/parse-event.js';
import type { LogFile } from './find-log-files.js';
import { type LogLine, readLogLines } from './read-log-lines.js';
import type { ScanSummary } from './scan-summary.js';

/** Tells which rules an event matches. */
export interface Matcher {
  match(event: SecurityEvent): readonly SigmaRule[];
}

/** What a scan does besides counting. */
export interface ScanObserver {
  /** An event that rules match; they are in order of id. */
  onMatch(file: string, line: number, rules: readonly SigmaRule[]): void;
  /** Bytes of a file were read. */
  onBytes(bytes: number): void;
  /** Called now and then, so that output can be waited for. */
  onPause(): Promise<void>;
}

/**
 * Matches every event of a file.
 * @throws Error when the file cannot be read to its end.
 */
export async function scanFile(file: LogFile, engine: Matcher, summary: ScanSummary, observer: ScanObserver): Promise<void> {
  const receivedAt = Date.now();
  for await (const lines of readLogLines(file.path, (bytes) => observer.onBytes(bytes))) {
    for (const line of lines) {
      const rules = scanLine(line, engine, summary, receivedAt);
      if (rules.length === 0) continue;
      summary.add(rules, file.path, line.number);
      observer.onMatch(file.path, line.number, rules);
    }
    await observer.onPause();
  }
  summary.files++;
}

function scanLine(line: LogLine, engine: Matcher, summary: ScanSummary, receivedAt: number): readonly SigmaRule[] {
  summary.lines++;
  const event = parseEvent(line.text, { index: line.number - 1, declared: 'auto', receivedAt });
  if (isRejection(event)) {
    if (line.text.trim() !== '' || line.oversize) summary.notEvents++;
    return [];
  }
  summary.events++;
  return engine.match(event);
}
