import {
  CreateIndexNode,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  RawNode,
  type RootOperationNode,
  type UnknownRow,
  ColumnNode,
} from 'kysely';
import type { TableOwner } from '../databases.js';
import { translateSchema } from './translate-schema.js';

/** Makes the tables of migrations that are written for SQLite in PostgreSQL. */
export class SchemaPlugin implements KyselyPlugin {
  constructor(private readonly owner: TableOwner) {}

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    if (RawNode.is(node)) {
      const [text] = node.sqlFragments;
      return node.sqlFragments.length === 1 && text !== undefined ? RawNode.createWithSql(translateSchema(text, this.owner)) : node;
    }
    if (CreateIndexNode.is(node) && this.owner === 'tenants') {
      return CreateIndexNode.cloneWith(node, { columns: [ColumnNode.create('tenant_id'), ...(node.columns ?? [])] });
    }
    return node;
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result;
  }
}
