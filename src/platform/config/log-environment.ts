import { createRequire } from 'node:module';
import { LOG_LEVELS, type Config } from './config.js';

/** Reads variables and notes what is wrong with them. */
interface VariableReader {
  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T;
  refuse(fault: string): void;
}

/** Reads how much is logged and in which form. What writes lines for people is a tool of development: it is not shipped with the app. */
export function readLogConfig(reader: VariableReader, hasWriter = isInstalled): Config['log'] {
  const format = reader.oneOf('LOG_FORMAT', ['json', 'text'] as const, 'json');
  if (format === 'text' && !hasWriter('pino-pretty')) reader.refuse('LOG_FORMAT must be json here: text needs the package pino-pretty');
  return { level: reader.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'), format };
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
