import { randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { type Answer, readBody, send } from "../answer.ts";
import { parseJsonBody } from "../json-body.ts";
import type { Site, SiteRequest } from "../site.ts";
import { KvPath, type Members, VaultRefusal } from "./kv-path.ts";

export const vaultHost = "vault.acme.example";

/** A Vault server as tests and people look into it and change it. */
export interface Vault {
  readonly sites: readonly Site[];
  /** Values of the references by which the example reaches it. */
  readonly env: Readonly<Record<string, string>>;
  /** A token with all rights on the mount `kv`. */
  readonly token: string;
  /** What is at a path of a mount; undefined: nothing. */
  path(mount: string, path: string): KvPath | undefined;
  /** Writes a new version, as somebody else would. */
  write(mount: string, path: string, data: Members): void;
  /** A token that may do these methods on paths that begin so, as `data/sso/`. */
  issue(rights: readonly { readonly prefix: string; readonly methods: readonly string[] }[]): string;
  revoke(token: string): void;
  /** Nothing is there any more. */
  clear(): void;
  /** An AppRole by which a token with all rights is given. */
  readonly appRole: { readonly roleId: string; readonly secretId: string };
  /** True: every call is answered 503, as of a server that nobody has unsealed. */
  sealed: boolean;
  /** Called before a write of data is made: another writer may come in between. */
  beforeWrite: (() => void) | undefined;
  /** Called for every read of data. */
  onRead: ((path: string) => void) | undefined;
}

type Rights = readonly { readonly prefix: string; readonly methods: readonly string[] }[];

/**
 * The KV engine, version 2, of a Vault server under the mount `kv`, with tokens and AppRole.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
export function createVault({ clock }: { readonly clock: () => number }): Vault {
  const mounts = new Map<string, Map<string, KvPath>>([["kv", new Map()]]);
  const tokens = new Map<string, Rights>();
  const issue = (rights: Rights): string => {
    const token = `hvs.${randomBytes(18).toString("base64url")}`;
    tokens.set(token, rights);
    return token;
  };
  const all: Rights = [{ prefix: "", methods: ["GET", "POST", "PUT", "PATCH", "DELETE"] }];
  const token = issue(all);
  const appRole = { roleId: randomUUID(), secretId: randomUUID() };

  const handle = async (site: SiteRequest): Promise<Answer> => {
    if (vault.sealed) return problem(503, "Vault is sealed");
    const [version, first = "", ...rest] = site.path.split("/").slice(1).map(decodeURIComponent);
    const method = site.request.method ?? "GET";
    if (version !== "v1") return problem(404);
    if (first === "auth") return logIn(method, rest.join("/"), await bodyOf(site));
    const rights = tokens.get(String(site.request.headers["x-vault-token"] ?? ""));
    const [kind = "", ...names] = rest;
    const path = names.join("/");
    const may = rights?.some(({ prefix, methods }) => `${kind}/${path}`.startsWith(prefix) && methods.includes(method));
    if (may !== true)
      return problem(403, rights === undefined ? "permission denied; invalid token" : "permission denied");
    const mount = mounts.get(first);
    if (mount === undefined)
      return problem(404, `no handler for route "${first}/${kind}/${path}". route entry not found.`);
    if ((kind !== "data" && kind !== "metadata") || path === "") return problem(404, "unsupported path");
    return kind === "data" ? data(mount, path, method, site) : metadata(mount, path, method, site);
  };

  const logIn = (method: string, path: string, body: Members): Answer => {
    if (path !== "approle/login" || method !== "POST") return problem(404, `no handler for route "auth/${path}"`);
    const right = same(body.role_id, appRole.roleId) && same(body.secret_id, appRole.secretId);
    if (!right) return problem(400, "invalid role or secret ID");
    return { status: 200, json: { auth: { client_token: issue(all), lease_duration: 3600, renewable: true } } };
  };

  const data = async (mount: Map<string, KvPath>, path: string, method: string, site: SiteRequest): Promise<Answer> => {
    const there = mount.get(path);
    if (method === "GET") {
      vault.onRead?.(path);
      const version = Number(new URLSearchParams(site.query).get("version") ?? "0");
      return (version > 0 ? there?.read(version) : there?.read()) ?? problem(404);
    }
    if (method === "DELETE") {
      there?.delete();
      return { status: 204 };
    }
    if (method !== "POST" && method !== "PUT") return problem(405, "unsupported operation");
    const body = await bodyOf(site);
    vault.beforeWrite?.();
    const at = mount.get(path) ?? new KvPath(clock);
    const answer = at.write(body);
    mount.set(path, at);
    return answer;
  };

  const metadata = async (
    mount: Map<string, KvPath>,
    path: string,
    method: string,
    site: SiteRequest,
  ): Promise<Answer> => {
    const there = mount.get(path);
    if (method === "DELETE") {
      mount.delete(path);
      return { status: 204 };
    }
    if (method === "GET") return there === undefined ? problem(404) : { status: 200, json: { data: there.metadata() } };
    const isPatch = method === "PATCH";
    if (isPatch && !/^application\/merge-patch\+json/.test(String(site.request.headers["content-type"]))) {
      return problem(415, "PATCH requires Content-Type of application/merge-patch+json");
    }
    if (isPatch && there === undefined) return { status: 404 };
    const body = await bodyOf(site);
    // Asked for again: another call may have made the path while the body came in.
    const at = mount.get(path) ?? new KvPath(clock);
    at.describe(body, isPatch);
    // A body that says nothing makes nothing.
    if (Object.keys(body).length > 0) mount.set(path, at);
    return { status: 204 };
  };

  const vault: Vault = {
    token,
    appRole,
    sealed: false,
    beforeWrite: undefined,
    onRead: undefined,
    issue,
    clear: () => mounts.get("kv")?.clear(),
    revoke: (gone) => void tokens.delete(gone),
    path: (mount, path) => mounts.get(mount)?.get(path),
    write(mount, path, members) {
      const at = mounts.get(mount)?.get(path) ?? new KvPath(clock);
      at.write({ data: members });
      mounts.get(mount)?.set(path, at);
    },
    env: { VAULT_TOKEN: token },
    sites: [
      {
        hosts: [vaultHost],
        // A path may be told; nothing of a secret stands in a query.
        logsQuery: () => true,
        problem: (status) => problem(status),
        async handle(site) {
          send(site.response, await handle(site).catch(refused));
        },
      } satisfies Site,
    ],
  };
  return vault;
}

function problem(status: number, ...errors: readonly string[]): Answer {
  return { status, json: { errors } };
}

function refused(error: unknown): Answer {
  if (error instanceof VaultRefusal) return problem(error.status, error.message);
  throw error;
}

async function bodyOf({ request }: SiteRequest): Promise<Members> {
  const bytes = await readBody(request);
  if (bytes.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = parseJsonBody(bytes);
  } catch {
    throw new VaultRefusal(400, "error parsing JSON");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new VaultRefusal(400, "error parsing JSON");
  return parsed as Members;
}

function same(given: unknown, wanted: string): boolean {
  const [a, b] = [Buffer.from(typeof given === "string" ? given : ""), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
