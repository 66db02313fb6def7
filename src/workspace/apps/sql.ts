import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import type { Reference } from "../reference.ts";
import { databaseAddress, reference } from "../scalars.ts";
import { type AppCommon, commonKeys, referenceOf, referenceOrText, resolveCommon } from "./common.ts";
import { type SqlMapping, sqlMapping } from "./sql-mapping.ts";

/** An app that reads connection records from tables of its own database. */
export interface SqlApp extends AppCommon {
  readonly kind: "sql";
  /** `sqlite:PATH` or `postgres://…`, literal or by reference. */
  readonly database: string | Reference;
  readonly sealing: {
    /** 32 random bytes each, base64. The first seals, all open. */
    readonly keys: readonly Reference[];
  };
  /** A table that the team already has; absent: tables of ours. */
  readonly mapping?: SqlMapping | undefined;
}

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post"];

export const sqlApp = z
  .strictObject({
    kind: z.literal("sql"),
    ...commonKeys,
    database: databaseAddress,
    sealing: z.strictObject({ keys: z.array(reference).min(1, "must hold at least one key").max(10) }),
    mapping: sqlMapping.optional(),
  })
  .refine(({ mapping, clientAuth = clientAuthDefault }) => !takesNoSecret(mapping, clientAuth), {
    error: "must name a column for `clientSecret`, because the app proves itself with one",
    path: ["mapping", "columns"],
  })
  .refine(({ mapping, clientAuth = clientAuthDefault }) => !tellsNoMethod(mapping, clientAuth), {
    error: "must name a column for `clientAuth`, or the app's `clientAuth` only one method",
    path: ["mapping", "columns"],
  });

function takesNoSecret(mapping: SqlMapping | undefined, methods: readonly ClientAuth[]): boolean {
  const secret = methods.some((method) => method.startsWith("client_secret"));
  return mapping !== undefined && secret && mapping.columns.clientSecret === undefined;
}

/** No column says which of the app's methods a row is for. */
function tellsNoMethod(mapping: SqlMapping | undefined, methods: readonly ClientAuth[]): boolean {
  return mapping !== undefined && methods.length > 1 && mapping.columns.clientAuth === undefined;
}

/** The app as later rooms work with it. */
export function resolveSqlApp(name: string, written: z.output<typeof sqlApp>): SqlApp {
  return {
    ...resolveCommon(name, written, clientAuthDefault),
    kind: "sql",
    database: referenceOrText(written.database),
    sealing: { keys: written.sealing.keys.map(referenceOf) },
    ...(written.mapping === undefined ? {} : { mapping: written.mapping }),
  };
}
