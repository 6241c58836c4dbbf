import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** A regular expression as it stands in our source. */
export interface SourcePattern {
  readonly source: string;
  readonly flags: string;
  readonly file: string;
}

/** Every regular expression literal of the source, each text once. */
export function sourcePatterns(): readonly SourcePattern[] {
  const found = new Map<string, SourcePattern>();
  for (const file of globSync('src/**/*.ts')) {
    if (file.endsWith('.spec.ts')) continue;
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf('/');
        found.set(node.text, { source: node.text.slice(1, end), flags: node.text.slice(end + 1), file });
      }
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  }
  return [...found.values()];
}
