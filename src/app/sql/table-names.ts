import {
  type CreateIndexNode,
  IdentifierNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  type QueryId,
  type RootOperationNode,
  type TableNode,
} from "kysely";

/**
 * What our tables are called in a database where the records land in a table of the team's: names that no team has. The
 * same statements run on both.
 */
const besideTheirs: Readonly<Record<string, string>> = {
  org: "tenantry_org",
  org_domain: "tenantry_org_domain",
  org_domain_claim: "tenantry_org_domain_claim",
  sso_connection: "tenantry_connection",
  sso_connection_previous: "tenantry_connection_previous",
  sso_connection_active: "tenantry_connection_active",
  tenantry_migration: "tenantry_mapped_migration",
};

/** Names of our tables in one kind of database. */
export interface TableNames {
  /** What a table or view of ours is called there. */
  of(table: string): string;
  /** What renames tables in statements. */
  readonly plugins: readonly KyselyPlugin[];
}

/** @param mapped the records land in a table of the team's, and ours stand beside it */
export function tableNames(mapped: boolean): TableNames {
  return mapped
    ? { of: (table) => besideTheirs[table] ?? table, plugins: [new Renaming()] }
    : { of: (table) => table, plugins: [] };
}

class Renaming implements KyselyPlugin {
  readonly #transformer = new Renamer();

  transformQuery({ node, queryId }: Parameters<KyselyPlugin["transformQuery"]>[0]): RootOperationNode {
    return this.#transformer.transformNode(node, queryId);
  }

  async transformResult({ result }: Parameters<KyselyPlugin["transformResult"]>[0]) {
    return result;
  }
}

class Renamer extends OperationNodeTransformer {
  protected override transformTable(node: TableNode, queryId?: QueryId): TableNode {
    const table = super.transformTable(node, queryId);
    const name = besideTheirs[table.table.identifier.name];
    if (name === undefined) return table;
    return { ...table, table: { ...table.table, identifier: IdentifierNode.create(name) } };
  }

  /** Names of indexes are shared by all tables of a schema. */
  protected override transformCreateIndex(node: CreateIndexNode, queryId?: QueryId): CreateIndexNode {
    const index = super.transformCreateIndex(node, queryId);
    return { ...index, name: IdentifierNode.create(`tenantry_${index.name.name}`) };
  }
}
