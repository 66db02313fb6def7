import type { JsonObject } from "../json.ts";
import type { Call } from "./call.ts";
import { pickFields } from "./fields.ts";
import type { Auth0Connection } from "./model.ts";

/** Shown whatever `fields` asks for. */
const always = ["id", "is_domain_connection", "authentication", "connected_accounts"];

/**
 * A connection as the token's scopes let it be seen: `options`, which hold the upstream secret, need
 * `read:connections_options`. `enabled_clients` ended in July 2026 and is not shown.
 */
export function connectionView(call: Call, connection: Auth0Connection): JsonObject {
  const { options, ...rest } = connection.settings;
  const mayReadOptions = call.principal.scopes.has("read:connections_options");
  const shown: JsonObject = {
    id: connection.id,
    ...(mayReadOptions ? { options: options ?? {} } : {}),
    strategy: connection.strategy,
    name: connection.name,
    ...rest,
  };
  return pickFields(call.query, shown, always);
}
