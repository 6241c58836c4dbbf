import type { ParsedEvent } from './parsed-event.js';
import { TermCollector } from './term-collector.js';

/**
 * The exact, lower-cased terms that an event is found by: `host:`, `user:`, `ip:`, `hash:` and `process:`, each once.
 * A qualified host is there in full and by its first label, a domain user as `domain\user` and bare, a process by the file
 * name of its image (whoever searches by a full path looks up the name and compares the rest in what is found).
 */
export function searchTerms(event: ParsedEvent): readonly string[] {
  const collector = new TermCollector();
  event.collectTerms(collector);
  return collector.terms;
}
