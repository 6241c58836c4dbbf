/**
 * Evaluates a Sigma condition as it is read: `or` binds weaker than `and`, then `not`, then `1 of`, `any of` and `all of`, then parentheses.
 * @param names of all searches @param holds tells whether the search of a name holds
 */
export function plainCondition(text: string, names: readonly string[], holds: (name: string) => boolean): boolean {
  const words = text.replaceAll(/[()]/g, ' $& ').trim().split(/\s+/);
  const next = (word: string): boolean => words[0]?.toLowerCase() === word && words.shift() !== undefined;
  const or = (): boolean => {
    let value = and();
    while (next('or')) value = and() || value;
    return value;
  };
  const and = (): boolean => {
    let value = not();
    while (next('and')) value = not() && value;
    return value;
  };
  const not = (): boolean => (next('not') ? !not() : primary());
  const primary = (): boolean => {
    const word = words.shift() ?? '';
    if (word === '(') {
      const value = or();
      words.shift();
      return value;
    }
    if (!next('of')) return holds(word);
    const chosen = chooseNames(words.shift() ?? '', names);
    return word.toLowerCase() === 'all' ? chosen.every(holds) : chosen.some(holds);
  };
  return or();
}

function chooseNames(pattern: string, names: readonly string[]): string[] {
  if (pattern.toLowerCase() === 'them') return names.filter((name) => !name.startsWith('_'));
  const form = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
  return names.filter((name) => form.test(name));
}
