import { onTestFinished } from "vitest";
import type { AppAdapter } from "../../../../src/app/app.ts";
import { migrateSqlApp } from "../../../../src/app/sql/migrate.ts";
import { openSqlApp, type SqlAppOptions } from "../../../../src/app/sql/open.ts";
import { createSealer } from "../../../../src/secret/seal.ts";
import type { SqlMapping } from "../../../../src/workspace/apps/sql-mapping.ts";
import type { DatabaseKind, Row } from "../../../support/postgres.ts";
import { databaseUrlOn, folder, queryOn, record, sealingKey, tenant, write } from "../workplace.ts";
import { prismaFile, prismaSql } from "./prisma.ts";

/** The workshop's table, as docs/examples/workshop.prisma has it. */
export const workshop: SqlMapping = {
  table: "Org",
  key: { column: "id", value: "id" },
  columns: {
    issuer: "issuer",
    authorizationEndpoint: "authorization_endpoint",
    tokenEndpoint: "token_endpoint",
    userinfoEndpoint: "userinfo_endpoint",
    clientId: "client_id",
    clientSecret: "client_secret",
  },
  scopes: "words",
  domains: { column: "domain" },
};

export interface MappedPlace {
  readonly url: string;
  readonly root: string;
  readonly query: (sql: string, ...parameters: string[]) => Promise<Row[]>;
  readonly open: (change?: Partial<SqlAppOptions>) => Promise<AppAdapter>;
}

/** The team's tables, and ours beside them. */
export async function mappedPlace(
  kind: DatabaseKind,
  {
    mapping = workshop,
    tables = prismaSql(prismaFile("workshop.prisma"), kind),
    migrated = true,
  }: {
    readonly mapping?: SqlMapping;
    readonly tables?: readonly string[];
    readonly migrated?: boolean;
  } = {},
): Promise<MappedPlace> {
  const url = await databaseUrlOn(kind);
  const root = folder();
  if (kind === "sqlite") (await import("node:fs")).writeFileSync(url.slice("sqlite:".length), "");
  for (const statement of tables) await queryOn(url, statement);
  if (migrated) await migrateSqlApp(url, { mapped: true });
  return {
    url,
    root,
    query: (sql, ...parameters) => queryOn(url, sql, parameters),
    async open(change = {}) {
      const app = await openSqlApp({
        app: { name: "portal", mapping },
        ...{ workspace: "acme", environment: "production", databaseUrl: url, root },
        sealer: createSealer([sealingKey]),
        clock: () => Date.UTC(2026, 10, 21, 9),
        ...change,
      });
      onTestFinished(() => app.close());
      return app;
    },
  };
}

const target = { row: "as written" } as const;
export const mappedRecord = () => record({ target });
export const mappedWrite = (secret = "s3cret-one", change = {}) => write(secret, { target, ...change });
export { tenant };
