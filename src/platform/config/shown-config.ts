import type { Config } from './config.js';

/** What stands in the place of what is not shown. */
export const MASK = '***';

/** The configuration as an operator may see it: what URLs carry besides their place (names, passwords, queries) is masked. */
export function shownConfig(config: Config): Readonly<Record<string, unknown>> {
  return shown(config) as Readonly<Record<string, unknown>>;
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return maskUrl(value);
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shown(member)]));
}

function maskUrl(text: string): string {
  const url = text.includes('://') ? URL.parse(text) : null;
  if (!url || (url.username === '' && url.password === '' && url.search === '' && url.hash === '')) return text;
  const login = url.username === '' && url.password === '' ? '' : `${MASK}@`;
  return `${url.protocol}//${login}${url.host}${url.pathname}${url.search === '' ? '' : `?${MASK}`}`;
}
