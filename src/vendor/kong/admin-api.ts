import type { kongCodes } from "../../errors/codes/kong.ts";
import { type FailureDetails, TenantryError } from "../../errors/failure.ts";
import { isJsonObject, type JsonObject, textIn } from "../json.ts";
import { type JsonCall, messageIn, openJsonCaller } from "../json-caller.ts";
import type { Limiter } from "../limiter.ts";
import type { Network } from "../network.ts";
import { TransportFault } from "../transport-fault.ts";

/** A call to a Kong gateway's Admin API that failed. */
class KongFailure extends TenantryError {
  /** HTTP status; missing when no answer came. */
  readonly status: number | undefined;

  constructor(code: keyof typeof kongCodes, message: string, status?: number, details: FailureDetails = {}) {
    super(code, message, { ...details, evidence: { status } });
    this.status = status;
  }
}

/** Entities of a gateway that plugins are about. */
export type KongCollection = "routes" | "services" | "plugins";

/**
 * The Admin API of one Kong gateway. Paths begin with the workspace of Kong's.
 *
 * @see https://developer.konghq.com/api/gateway/admin-ee/
 */
export interface KongAdminApi {
  /** One entity by name or id; undefined when it, or its workspace, is not there. */
  read(workspace: string, collection: KongCollection, nameOrId: string): Promise<JsonObject | undefined>;
  /** All entities, or those with all of these tags; undefined when the workspace is not there. */
  list(workspace: string, path: string, tags?: readonly string[]): Promise<readonly JsonObject[] | undefined>;
  /** Creates or replaces a plugin by its id: the same twice is the same once. */
  putPlugin(workspace: string, id: string, body: JsonObject): Promise<void>;
  /** No plugin is done. */
  deletePlugin(workspace: string, id: string): Promise<void>;
  close(): Promise<void>;
}

interface KongAdminApiOptions {
  /** https URL without a slash at its end. */
  readonly base: string;
  /** The value of `Kong-Admin-Token`; undefined where the Admin API takes none. Asked for before each call. */
  readonly token: () => string | undefined;
  readonly network: Network;
  readonly limiter: Limiter;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Entities of one page: the most that Kong gives. */
const pageSize = 1_000;

/** Pages after which a list is taken for endless. */
const mostPages = 1_000;

/** Opens the Admin API. Sends nothing yet. */
export async function openKongAdminApi(options: KongAdminApiOptions): Promise<KongAdminApi> {
  const { base, token, network, limiter, sleep } = options;
  const caller = await openJsonCaller({
    ...{ base, network, limiter, sleep },
    headers: async () => {
      const value = token();
      return value === undefined ? {} : { "kong-admin-token": value };
    },
  });
  const { host } = caller;

  /** The body of a 2xx; undefined for 404. */
  const send = async (call: JsonCall, what: string): Promise<unknown> => {
    let reply: Awaited<ReturnType<typeof caller.call>>;
    try {
      reply = await caller.call(call);
    } catch (error) {
      if (!(error instanceof TransportFault)) throw error;
      throw new KongFailure("KONG_UNREACHABLE", `Kong (${host}) could not ${what}: ${error.why}`, undefined, {
        cause: error,
      });
    }
    const { status, body } = reply;
    if (status === 404) return undefined;
    if (status >= 200 && status < 300) return body ?? {};
    throw failureOf(host, what, status, messageIn(body, "message"));
  };

  const shape = (what: string): KongFailure =>
    new KongFailure("KONG_UNEXPECTED_ANSWER", `Kong (${host}) was asked to ${what} and answered in an unknown shape`);

  return {
    async read(workspace, collection, nameOrId) {
      const what = `read one of its ${collection}`;
      const path = `/${at(workspace)}/${collection}/${at(nameOrId)}`;
      const body = await send({ method: "GET", path, repeatable: true }, what);
      if (body === undefined) return undefined;
      if (textIn(body, "id") === undefined || !isJsonObject(body)) throw shape(what);
      return body;
    },
    async list(workspace, path, tags = []) {
      const what = `list ${path}`;
      const all: JsonObject[] = [];
      const filter = tags.length === 0 ? "" : `&tags=${at(tags.join(","))}`;
      let next = `?size=${pageSize}${filter}`;
      for (let page = 0; page < mostPages; page += 1) {
        const body = await send({ method: "GET", path: `/${at(workspace)}/${path}${next}`, repeatable: true }, what);
        if (body === undefined) return undefined;
        const data = isJsonObject(body) ? body.data : undefined;
        if (!Array.isArray(data)) throw shape(what);
        all.push(...data.filter(isJsonObject));
        const offset = textIn(body, "offset");
        if (offset === undefined) return all;
        next = `?size=${pageSize}${filter}&offset=${at(offset)}`;
      }
      throw shape(what);
    },
    async putPlugin(workspace, id, body) {
      const path = `/${at(workspace)}/plugins/${at(id)}`;
      const answer = await send({ method: "PUT", path, body, repeatable: true }, "write a plugin");
      if (answer === undefined) {
        throw new KongFailure("KONG_TARGET_MISSING", `Kong (${host}) has no workspace ${workspace}`, 404);
      }
    },
    async deletePlugin(workspace, id) {
      await send(
        { method: "DELETE", path: `/${at(workspace)}/plugins/${at(id)}`, repeatable: true },
        "delete a plugin",
      );
    },
    close: () => caller.close(),
  };
}

function at(part: string): string {
  return encodeURIComponent(part);
}

function failureOf(host: string, what: string, status: number, said: string | undefined): KongFailure {
  const why = said === undefined ? "" : `: ${said}`;
  if (status === 401 || status === 403) {
    return new KongFailure("KONG_CREDENTIALS_REFUSED", `Kong (${host}) refused to ${what}${why}`, status);
  }
  if (status >= 500) {
    return new KongFailure(
      "KONG_UNREACHABLE",
      `Kong (${host}) could not ${what}, it answered status ${status}${why}`,
      status,
    );
  }
  if (status < 400) {
    return new KongFailure(
      "KONG_UNEXPECTED_ANSWER",
      `Kong (${host}) answered with a redirect (status ${status})`,
      status,
    );
  }
  return new KongFailure("KONG_REJECTED", `Kong (${host}) refused to ${what} (status ${status})${why}`, status);
}
