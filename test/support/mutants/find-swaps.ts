import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { swapped, type Mutant } from './mutant.js';

const TENANT = /^(tenant|scope|log|caller\.tenant|this\.tenant)$/;
/**
 * What holds no data of tenants or is one tenant's already; lanes, which only order what reaches its tenant through the store; rules, which all
 * tenants share, so that whose are asked for changes nothing; and keys, of which there are none where nothing is encrypted.
 */
const ELSEWHERE = /^src\/(cli|ada\/domain|events|contracts|platform\/encryption|agents\/pipeline)\/|^src\/ada\/rules\.controller\.ts$/;
/** Asked of a tenant that has stored all that it may, which no trial does; TEN-13 has one that is full beside one that is not. */
const WHEN_FULL = /\.refuseFull\($/;
/** Controllers for services, which act for any tenant. */
const FOR_SERVICES = '@AllowService(';
/** Rows of one tenant alone, so that a predicate changes nothing; and rows that only the platform's operators reach. */
const ONE_TENANT_ONLY =
  /^src\/(cra\/adapters\/sqlite-action-store|platform\/tenancy\/(sqlite-tenant-directory|tenant-file-entries|erasure\/sqlite-erasure-store))\.ts$/;

/**
 * Finds, in the syntax trees of the source, every place where a tenant chooses a handle (`….of(tenant)`) and where a controller names its caller's
 * tenant, and makes of each a mutant that takes the owner's for the stranger;
 * and every predicate on a tenant's rows among those of others, which it takes away.
 */
export function findSwaps(root: string): readonly Mutant[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => `src/${file}`)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !ELSEWHERE.test(file))
    .sort();
  return files.flatMap((file) => swapsIn(file, readFileSync(join(root, file), 'utf8')));
}

function swapsIn(file: string, text: string): Mutant[] {
  if (text.includes(FOR_SERVICES)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2024, true);
  const mutants: Mutant[] = [];
  const add = (node: ts.Node): void => {
    const at = node.getStart(source);
    const expression = node.getText(source);
    const { line } = source.getLineAndCharacterOfPosition(at);
    const edit = { file, find: expression, replace: swapped(expression), at };
    mutants.push({ name: `${file}:${line + 1} ${enclosing(node, source)}(${expression})`, edits: [edit] });
  };
  const remove = (node: ts.CallExpression): void => {
    const at = (node.expression as ts.PropertyAccessExpression).expression.getEnd();
    const edit = { file, find: source.text.slice(at, node.getEnd()), replace: '', at };
    mutants.push({ name: `${file} ${enclosing(node, source)} without its predicate`, edits: [edit] });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'of') {
      const [first] = node.arguments;
      if (first && TENANT.test(first.getText(source))) add(first);
    } else if (file.endsWith('.controller.ts') && ts.isPropertyAccessExpression(node) && node.getText(source) === 'caller.tenant') {
      if (!WHEN_FULL.test(text.slice(0, node.getStart(source)))) add(node);
    }
    if (!ONE_TENANT_ONLY.test(file) && isTenantPredicate(node, source)) remove(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants;
}

function isTenantPredicate(node: ts.Node, source: ts.SourceFile): node is ts.CallExpression {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  return node.expression.name.text === 'where' && node.arguments[0]?.getText(source) === "'tenant_id'";
}

function enclosing(node: ts.Node, source: ts.SourceFile): string {
  for (let parent: ts.Node | undefined = node; parent; parent = parent.parent) {
    if ((ts.isMethodDeclaration(parent) || ts.isFunctionDeclaration(parent)) && parent.name) return parent.name.getText(source);
  }
  return '';
}
