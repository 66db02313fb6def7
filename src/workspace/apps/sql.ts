import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import type { Reference } from "../reference.ts";
import { databaseAddress, reference } from "../scalars.ts";
import { type AppCommon, commonKeys, referenceOf, referenceOrText, resolveCommon } from "./common.ts";

/** An app that reads connection records from tables of its own database. */
export interface SqlApp extends AppCommon {
  readonly kind: "sql";
  /** `sqlite:PATH` or `postgres://…`, literal or by reference. */
  readonly database: string | Reference;
  readonly sealing: {
    /** 32 random bytes each, base64. The first seals, all open. */
    readonly keys: readonly Reference[];
  };
}

export const sqlApp = z.strictObject({
  kind: z.literal("sql"),
  ...commonKeys,
  database: databaseAddress,
  sealing: z.strictObject({ keys: z.array(reference).min(1, "must hold at least one key").max(10) }),
});

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post"];

/** The app as later rooms work with it. */
export function resolveSqlApp(name: string, written: z.output<typeof sqlApp>): SqlApp {
  return {
    ...resolveCommon(name, written, clientAuthDefault),
    kind: "sql",
    database: referenceOrText(written.database),
    sealing: { keys: written.sealing.keys.map(referenceOf) },
  };
}
