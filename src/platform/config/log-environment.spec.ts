import { readLogConfig } from './log-environment.js';

function read(chosen: Readonly<Record<string, string>>, installed: readonly string[]): [ReturnType<typeof readLogConfig>, string[]] {
  const faults: string[] = [];
  const reader = {
    oneOf: <T extends string>(name: string, choices: readonly T[], fallback: T): T =>
      choices.find((choice) => choice === chosen[name]) ?? fallback,
    refuse: (fault: string): void => void faults.push(fault),
  };
  return [readLogConfig(reader, (name) => installed.includes(name)), faults];
}

describe('how logs are written', () => {
  it('is one JSON object a line by default', () => {
    expect(read({}, [])).toEqual([{ level: 'info', format: 'json' }, []]);
  });

  it('is text where its writer is installed', () => {
    expect(read({ LOG_FORMAT: 'text', LOG_LEVEL: 'debug' }, ['pino-pretty'])).toEqual([{ level: 'debug', format: 'text' }, []]);
  });

  it('refuses text, by the name of the variable, where its writer is not shipped', () => {
    expect(read({ LOG_FORMAT: 'text' }, [])[1]).toEqual(['LOG_FORMAT must be json here: text needs the package pino-pretty']);
  });
});
