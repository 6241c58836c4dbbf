import type { SecurityEvent } from '../../contracts/security-event.js';
import { isRejection, parseEvent } from '../../events/parse-event.js';
import { findLogFiles } from '../scan/find-log-files.js';
import { readLogLines } from '../scan/read-log-lines.js';

/** Reads the first events of log files; lines that are no events are passed over. @throws Error when a file cannot be read */
export async function readEvents(path: string, most: number): Promise<readonly SecurityEvent[]> {
  const events: SecurityEvent[] = [];
  const receivedAt = Date.now();
  for (const file of await findLogFiles(path)) {
    for await (const lines of readLogLines(file.path, () => undefined)) {
      for (const { text } of lines) {
        const event = parseEvent(text, { index: events.length, declared: 'auto', receivedAt });
        if (!isRejection(event)) events.push(event);
        if (events.length >= most) return events;
      }
    }
  }
  return events;
}
