import { resolve } from 'node:path';
import { parseIpBlock } from '../../events/ip-block.js';
import { isOrigin } from '../http/cors.js';
import { isAllowanceEntry } from '../outbound/allowance.js';

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the environment: every bad variable at once. Names variables, never values. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(readonly faults: readonly string[]) {
    super(`The environment is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/** Reads variables of an environment, and notes what is wrong with each. */
export class VariableReader {
  private readonly faults: string[] = [];

  constructor(private readonly env: Environment) {}

  has(name: string): boolean {
    return Boolean(this.env[name]);
  }

  text(name: string, fallback: string): string {
    return this.env[name] || fallback;
  }

  file(name: string): string | null {
    const path = this.env[name];
    return path ? resolve(path) : null;
  }

  list(name: string): readonly string[] {
    return (this.env[name] ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  /** Two variables that are set together or not at all. */
  both(one: string, other: string): readonly [string, string] {
    const texts = [this.text(one, ''), this.text(other, '')] as const;
    if (texts[0] === '' && texts[1] !== '') this.faults.push(`${one} must be set where ${other} is`);
    if (texts[0] !== '' && texts[1] === '') this.faults.push(`${other} must be set where ${one} is`);
    return texts;
  }

  origins(name: string): readonly string[] {
    const origins = this.list(name);
    if (!origins.every(isOrigin)) this.faults.push(`${name} must list origins as browsers send them: https://soc.example, without a path`);
    return origins;
  }

  /** Where a service is: nothing that belongs to one request, and nobody's credential. */
  serviceUrl(name: string): string | null {
    const text = this.env[name];
    if (!text) return null;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
    if (!isPlain) this.faults.push(`${name} must be an http or https URL without user, query or fragment: https://taa.example:8080`);
    return text;
  }

  /** Address blocks (CIDR) or single addresses. */
  blocks(name: string): readonly string[] {
    const texts = this.list(name);
    if (texts.some((text) => parseIpBlock(text) === undefined)) this.faults.push(`${name} must list address blocks (CIDR): 10.0.0.0/8`);
    return texts;
  }

  /** A text of a form, or nothing. */
  pattern(name: string, form: RegExp, means: string): string {
    const text = this.text(name, '');
    if (text === '' || form.test(text)) return text;
    this.faults.push(`${name} must be ${means}`);
    return '';
  }

  refuse(fault: string): void {
    this.faults.push(fault);
  }

  /** Address blocks (CIDR), addresses and host names. */
  allowance(name: string): readonly string[] {
    const entries = this.list(name);
    if (!entries.every(isAllowanceEntry)) this.faults.push(`${name} must list address blocks (CIDR) and host names`);
    return entries;
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const text = this.env[name];
    if (text === undefined || text === '') return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    this.faults.push(`${name} must be a whole number from ${least} to ${most}`);
    return fallback;
  }

  /** Seconds, which may have decimals. */
  seconds(name: string, fallback: number, least: number, most: number): number {
    const text = this.env[name];
    if (text === undefined || text === '') return fallback;
    const value = Number(text);
    if (/^\d/.test(text) && value >= least && value <= most) return value;
    this.faults.push(`${name} must be a number of seconds from ${least} to ${most}`);
    return fallback;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.env[name];
    if (text === undefined || text === '') return fallback;
    const choice = choices.find((candidate) => candidate === text);
    if (choice) return choice;
    this.faults.push(`${name} must be one of ${choices.join(', ')}`);
    return fallback;
  }

  /** Some of the choices; all of them where nothing is said. */
  someOf<T extends string>(name: string, choices: readonly T[]): readonly T[] {
    const texts = this.list(name);
    const chosen = choices.filter((choice) => texts.includes(choice));
    if (chosen.length !== new Set(texts).size) this.faults.push(`${name} must list some of ${choices.join(', ')}`);
    return texts.length === 0 ? choices : chosen;
  }

  /** @throws EnvironmentError listing every variable that could not be used. */
  finish(): void {
    if (this.faults.length > 0) throw new EnvironmentError(this.faults);
  }
}
