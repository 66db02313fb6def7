import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { TenantryError } from "../src/errors/failure.ts";
import type { ReadyFile } from "./ready.ts";

interface AdminCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** JSON text. */
  readonly body?: string | undefined;
}

const patience = 30_000;

/**
 * Asks the admin API of the sandbox that this `ready.json` speaks of and gives the text of its answer. Throws
 * SANDBOX_NOT_RUNNING when nobody answers there, SANDBOX_REFUSED with the sandbox's reason when it says no.
 */
export async function askAdmin(ready: ReadyFile, { method, path, body }: AdminCall): Promise<string> {
  const asking = request({
    host: ready.host,
    port: ready.port,
    method,
    path,
    ca: readCa(ready),
    headers: { authorization: `Bearer ${ready.adminToken}`, "content-type": "application/json" },
    signal: AbortSignal.timeout(patience),
    agent: false,
  });
  asking.end(body);
  let reply: IncomingMessage;
  let said: string;
  try {
    [reply] = (await once(asking, "response")) as [IncomingMessage];
    said = await text(reply);
  } catch (error) {
    const message = `no sandbox answers at ${ready.host}:${ready.port}`;
    throw new TenantryError("SANDBOX_NOT_RUNNING", message, { cause: error });
  }
  const status = reply.statusCode ?? 0;
  if (status >= 200 && status < 300) return said;
  throw new TenantryError("SANDBOX_REFUSED", `the sandbox refused: ${reasonOf(said) ?? `status ${status}`}`);
}

function readCa({ ca }: ReadyFile): string {
  try {
    return readFileSync(ca, "utf8");
  } catch (error) {
    throw new TenantryError("SANDBOX_NOT_RUNNING", `the sandbox's authority ${ca} cannot be read`, { cause: error });
  }
}

/** What an answer gives as its `error`. */
function reasonOf(said: string): string | undefined {
  try {
    const { error } = JSON.parse(said) as { readonly error?: unknown };
    return typeof error === "string" ? error : undefined;
  } catch {
    return undefined;
  }
}
