import { SecretFault } from "../../secret/remote.ts";
import { Secret } from "../../secret/secret.ts";
import { markText, parseMark, type SecretManager, type SinkMark } from "../../secret/sink.ts";
import type { VaultReference } from "../../workspace/reference.ts";
import { isJsonObject, type JsonObject, objectIn, textIn } from "../json.ts";
import { type JsonCall, type JsonCaller, type JsonReply, openJsonCaller } from "../json-caller.ts";
import type { Limiter } from "../limiter.ts";
import type { Network } from "../network.ts";
import { TransportFault } from "../transport-fault.ts";

/** How we come in: with a token, or by an AppRole that gives one. */
export type VaultCredential =
  | { readonly kind: "token"; readonly token: Secret }
  | { readonly kind: "approle"; readonly mount: string; readonly roleId: string; readonly secretId: Secret };

export interface VaultOptions {
  /** https URL without a slash at its end. */
  readonly address: string;
  readonly namespace?: string | undefined;
  /** Asked for before the first call. */
  readonly credential: () => VaultCredential;
  readonly network: Network;
  readonly limiter: Limiter;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Told of tokens that we are given. */
  readonly know: (secret: Secret) => void;
  /** Milliseconds for one exchange. */
  readonly deadline: number;
}

/** What a path of the engine holds. */
interface VaultPath {
  /** Members of the newest version; undefined: there is none, or it is deleted. */
  readonly data: JsonObject | undefined;
  /** Number of the newest version, for check-and-set; 0: never written. */
  readonly version: number;
  readonly metadata: JsonObject;
}

/** Writes that another writer came in between of are made again, so often. */
const attempts = 5;

/**
 * Secrets in KV engines, version 2, of a Vault or OpenBao server. Each field that we write is named in the path's custom
 * metadata with whose it is.
 *
 * Vault's HTTP API: Secrets engines > KV, version 2 (`data`, `metadata`), Auth > AppRole > Login.
 */
export async function openVault(options: VaultOptions): Promise<SecretManager<VaultReference>> {
  const { address, namespace, network, limiter, sleep, deadline } = options;
  const caller = await openJsonCaller({
    ...{ base: address, network, limiter, sleep, deadline },
    headers: async () => ({
      "x-vault-request": "true",
      ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
    }),
  });
  const asking = asker(caller, options);
  // Two fields of one path are one read.
  const reads = new Map<string, Promise<VaultPath>>();
  const read = (reference: VaultReference): Promise<VaultPath> => readPath(asking, reference);
  const readOnce = (reference: VaultReference): Promise<VaultPath> => {
    const place = placeOf("data", reference);
    const found = reads.get(place) ?? read(reference);
    reads.set(place, found);
    return found;
  };

  return {
    async read(reference) {
      const { data } = await readOnce(reference);
      const value = valueIn(data, reference);
      return value === undefined ? undefined : new Secret(value);
    },

    async look(reference) {
      const { data, metadata } = await readOnce(reference);
      const value = valueIn(data, reference);
      if (value === undefined) return undefined;
      return { value: new Secret(value), mark: parseMark(metadata[markName(reference)]) };
    },

    async put(reference, value, mark) {
      reads.delete(placeOf("data", reference));
      for (let attempt = 1; ; attempt++) {
        const path = await read(reference);
        const old = valueIn(path.data, reference);
        const there = parseMark(path.metadata[markName(reference)]);
        const isFree = old === undefined && there === undefined;
        if (!isFree && there?.owner !== mark.owner) throw foreign(reference);
        if (there?.secretId !== mark.secretId) await writeMark(asking, reference, mark);
        if (old === value.reveal()) return;
        const members = { ...path.data, [reference.field]: value.reveal() };
        if (await writePath(asking, reference, members, path.version)) return;
        if (attempt === attempts) throw busy(reference);
      }
    },

    async drop(reference, owner) {
      reads.delete(placeOf("data", reference));
      for (let attempt = 1; ; attempt++) {
        const { data, version, metadata } = await read(reference);
        const name = markName(reference);
        if (parseMark(metadata[name])?.owner !== owner) return;
        const { [reference.field]: _gone, ...rest } = data ?? {};
        const { [name]: _mark, ...marks } = metadata;
        if (Object.keys(rest).length === 0 && Object.keys(marks).length === 0) {
          await deletePath(asking, reference);
          return;
        }
        const written = data === undefined || (await writePath(asking, reference, rest, version));
        if (written) {
          await patchMarks(asking, reference, { [name]: null });
          return;
        }
        if (attempt === attempts) throw busy(reference);
      }
    },

    close: () => caller.close(),
  };
}

type Asking = (call: JsonCall, what: string) => Promise<JsonReply>;

/** Calls with the token, which is got by the first of them. */
function asker(caller: JsonCaller, options: VaultOptions): Asking {
  const send = async (call: JsonCall, what: string): Promise<JsonReply> => {
    try {
      return await caller.call(call);
    } catch (error) {
      if (!(error instanceof TransportFault)) throw error;
      throw new SecretFault(
        "SECRET_UNREACHABLE",
        `Vault (${caller.host}) could not be asked to ${what}: ${error.why}`,
        {
          cause: error,
        },
      );
    }
  };
  let token: Promise<Secret> | undefined;
  const logIn = async (): Promise<Secret> => {
    const credential = options.credential();
    if (credential.kind === "token") return credential.token;
    const { mount, roleId, secretId } = credential;
    const what = "let us in";
    const path = `/v1/auth/${mount}/login`;
    const body = { role_id: roleId, secret_id: secretId.reveal() };
    const reply = await send({ method: "POST", path, body, repeatable: true }, what);
    const given = textIn(objectIn(reply.body, "auth"), "client_token");
    if (reply.status !== 200 || given === undefined) throw refusal(caller.host, what, reply);
    const secret = new Secret(given);
    options.know(secret);
    return secret;
  };
  return async (call, what) => {
    token ??= logIn();
    const headers = { ...call.headers, "x-vault-token": (await token).reveal() };
    return send({ ...call, headers }, what);
  };
}

function placeOf(kind: "data" | "metadata", { mount, path }: VaultReference): string {
  return `/v1/${mount}/${kind}/${path}`;
}

/** Name of the custom metadata that says whose a field is. */
function markName({ field }: VaultReference): string {
  return `tenantry.${field}`;
}

async function readPath(ask: Asking, reference: VaultReference): Promise<VaultPath> {
  const what = `read ${reference.mount}/${reference.path}`;
  const reply = await ask({ method: "GET", path: placeOf("data", reference), repeatable: true }, what);
  const { status, body } = reply;
  // A deleted version is told with 404 too, with its metadata.
  if (status !== 200 && !(status === 404 && isEmptyPlace(body))) throw refusal("", what, reply);
  const version = objectIn(body, "data").metadata;
  const metadata = isJsonObject(version) ? version : {};
  const number = metadata.version;
  const data = objectIn(body, "data").data;
  if (status === 200 && !isJsonObject(data)) {
    throw new SecretFault("SECRET_UNREACHABLE", `${reference.mount} answers as no KV engine of version 2 does`);
  }
  return {
    data: isJsonObject(data) ? data : undefined,
    version: typeof number === "number" ? number : 0,
    metadata: objectIn(metadata, "custom_metadata"),
  };
}

/** Nothing there: `{"errors":[]}`, or the metadata of a version that is deleted. */
function isEmptyPlace(body: unknown): boolean {
  return isJsonObject(body) && ("data" in body || (Array.isArray(body.errors) && body.errors.length === 0));
}

/** @returns false when somebody else has written in between */
async function writePath(ask: Asking, reference: VaultReference, data: JsonObject, version: number): Promise<boolean> {
  const what = `write ${reference.mount}/${reference.path}`;
  const body = { options: { cas: version }, data };
  // Not repeatable: the second of two would meet the version that the first has made.
  const reply = await ask({ method: "POST", path: placeOf("data", reference), body, repeatable: false }, what);
  if (isDone(reply)) return true;
  if (reply.status === 400 && reasons(reply.body).some((reason) => reason.includes("check-and-set"))) return false;
  throw refusal("", what, reply);
}

async function writeMark(ask: Asking, reference: VaultReference, mark: SinkMark): Promise<void> {
  await patchMarks(ask, reference, { [markName(reference)]: markText(mark) });
}

/**
 * Changes these names of the path's custom metadata and no other. Where there is no metadata it is made, without names: a
 * POST with them would take away those that another writer has given in between.
 */
async function patchMarks(
  ask: Asking,
  reference: VaultReference,
  marks: Readonly<Record<string, string | null>>,
): Promise<void> {
  const what = `mark ${reference.mount}/${reference.path}`;
  const path = placeOf("metadata", reference);
  const headers = { "content-type": "application/merge-patch+json" };
  const patch: JsonCall = { method: "PATCH", path, body: { custom_metadata: marks }, headers, repeatable: true };
  const reply = await ask(patch, what);
  if (isDone(reply)) return;
  if (reply.status !== 404) throw refusal("", what, reply);
  if (Object.values(marks).every((mark) => mark === null)) return;
  // Nothing is created by a body that says nothing; 0 stands for the engine's own limit.
  const made = await ask({ method: "POST", path, body: { max_versions: 0 }, repeatable: true }, what);
  if (!isDone(made)) throw refusal("", what, made);
  const again = await ask(patch, what);
  if (!isDone(again)) throw refusal("", what, again);
}

function isDone({ status }: JsonReply): boolean {
  return status === 200 || status === 204;
}

async function deletePath(ask: Asking, reference: VaultReference): Promise<void> {
  const what = `delete ${reference.mount}/${reference.path}`;
  const reply = await ask({ method: "DELETE", path: placeOf("metadata", reference), repeatable: true }, what);
  if (!isDone(reply) && reply.status !== 404) throw refusal("", what, reply);
}

function valueIn(data: JsonObject | undefined, { field, mount, path }: VaultReference): string | undefined {
  if (data === undefined || !Object.hasOwn(data, field)) return undefined;
  const value = data[field];
  if (typeof value === "string") return value;
  throw new SecretFault("SECRET_UNRESOLVED", `the field ${field} of ${mount}/${path} is no text`);
}

function reasons(body: unknown): readonly string[] {
  const errors = isJsonObject(body) ? body.errors : undefined;
  return Array.isArray(errors) ? errors.filter((error) => typeof error === "string") : [];
}

function refusal(host: string, what: string, { status, body }: JsonReply): SecretFault {
  const who = host === "" ? "Vault" : `Vault (${host})`;
  const told = reasons(body)
    .join("; ")
    .replaceAll(/[^\x20-\x7e]+/g, " ")
    .slice(0, 200);
  const said = told === "" ? `answered ${status}` : `answered ${status}: ${told}`;
  if (status === 403) {
    return new SecretFault("SECRET_FORBIDDEN", `${who} does not let us ${what} (403)`);
  }
  return new SecretFault("SECRET_UNREACHABLE", `${who}, asked to ${what}, ${said}`);
}

function foreign({ text }: VaultReference): SecretFault {
  return new SecretFault("SECRET_SINK_FOREIGN", `${text} holds a secret that this connection did not put there`);
}

function busy({ mount, path }: VaultReference): SecretFault {
  return new SecretFault("SECRET_SINK_REFUSED", `${mount}/${path} was changed by another writer each time`);
}
