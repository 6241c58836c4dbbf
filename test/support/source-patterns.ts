import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** A regular expression as it stands in our source. */
export interface SourcePattern {
  readonly source: string;
  readonly flags: string;
  readonly file: string;
}

/** Where patterns are compiled that are somebody else's: the test of that file judges them. */
const OTHERS = /^src\/ada\/adapters\/linear-pattern\.ts$/;

/**
 * Every regular expression of the source, each text once: literals, and what is made with `new RegExp` of texts and of constants of its file.
 * @throws Error where one is made of anything else, so that none goes unread.
 */
export function sourcePatterns(): readonly SourcePattern[] {
  const found = new Map<string, SourcePattern>();
  for (const file of globSync('src/**/*.ts')) {
    if (file.endsWith('.spec.ts')) continue;
    const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const add = (source: string, flags: string): unknown => found.set(`/${source}/${flags}`, { source, flags, file });
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf('/');
        add(node.text.slice(1, end), node.text.slice(end + 1));
      } else if (ts.isNewExpression(node) && node.expression.getText(tree) === 'RegExp' && !OTHERS.test(file)) {
        const [source, flags] = node.arguments ?? [];
        add(source ? textOf(source, tree) : '', flags ? textOf(flags, tree) : '');
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  return [...found.values()];
}

/** The text that an expression is. */
function textOf(node: ts.Expression, tree: ts.SourceFile): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ expression, literal }) => textOf(expression, tree) + literal.text).join('');
  }
  if (ts.isTaggedTemplateExpression(node) && node.tag.getText(tree) === 'String.raw' && ts.isNoSubstitutionTemplateLiteral(node.template)) {
    return node.template.rawText ?? '';
  }
  const value = ts.isIdentifier(node) ? constantOf(node.text, tree) : undefined;
  if (!value) throw new Error(`${tree.fileName}: a pattern is made of ${node.getText(tree)}, which cannot be read here`);
  return textOf(value, tree);
}

/** What a constant of a file is. */
function constantOf(name: string, tree: ts.SourceFile): ts.Expression | undefined {
  const declarations = tree.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) => [...declarationList.declarations]);
  return declarations.find((declaration) => declaration.name.getText(tree) === name)?.initializer;
}
