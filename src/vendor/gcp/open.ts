import type { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import { SecretFault } from "../../secret/remote.ts";
import { Secret } from "../../secret/secret.ts";
import { markText, parseMark, type SecretManager } from "../../secret/sink.ts";
import type { GcpReference } from "../../workspace/reference.ts";
import { notInstalled } from "../optional-package.ts";

/** What of the SDK's client is used: a test may bring its own. */
export type GcpClient = Pick<
  SecretManagerServiceClient,
  "accessSecretVersion" | "getSecret" | "createSecret" | "addSecretVersion" | "updateSecret" | "deleteSecret" | "close"
>;

export interface GcpOptions {
  /** Milliseconds for one request. */
  readonly deadline: number;
  /** Absent: the SDK's, with the credentials that it finds. */
  readonly client?: GcpClient | undefined;
}

/** Name of the annotation that says whose a secret is. */
const annotation = "tenantry";

/** Codes of gRPC (google.rpc.Code). */
const notFound = 5;
const alreadyExists = 6;
const permissionDenied = 7;
const failedPrecondition = 9;
const unauthenticated = 16;

/**
 * Secrets of Google Cloud's Secret Manager. Each secret that is put there is a new version; what we made carries an
 * annotation with whose it is.
 *
 * @throws SecretFault SECRET_SDK_MISSING
 */
export async function openGcp({ deadline, client: given }: GcpOptions): Promise<SecretManager<GcpReference>> {
  const client = given ?? (await ownClient());
  const limits = { timeout: deadline };

  const value = async ({ project, secret, version = "latest" }: GcpReference): Promise<Secret | undefined> => {
    const name = `projects/${project}/secrets/${secret}/versions/${version}`;
    const found = await reach(`read ${secret}`, () => client.accessSecretVersion({ name }, limits));
    const data = found?.[0].payload?.data;
    if (data === undefined || data === null) return undefined;
    return new Secret(typeof data === "string" ? data : utf8(data, secret));
  };
  const describe = async (reference: GcpReference) => {
    const found = await reach(`look at ${reference.secret}`, () =>
      client.getSecret({ name: nameOf(reference) }, limits),
    );
    return found?.[0];
  };
  return {
    read: value,

    async look(reference) {
      const secret = await value(reference);
      if (secret === undefined) return undefined;
      return { value: secret, mark: parseMark((await describe(reference))?.annotations?.[annotation]) };
    },

    async put(reference, secret, mark) {
      const { project, secret: secretId, text } = reference;
      const parent = nameOf(reference);
      const annotations = { [annotation]: markText(mark) };
      let there = await describe(reference);
      if (there === undefined) {
        // Somebody else may have made it in between: then it is looked at.
        await reach(
          `make ${secretId}`,
          () =>
            client.createSecret(
              { parent: `projects/${project}`, secretId, secret: { replication: { automatic: {} }, annotations } },
              limits,
            ),
          alreadyExists,
        );
        there = await describe(reference);
      }
      const found = parseMark(there?.annotations?.[annotation]);
      if (found?.owner !== mark.owner) {
        throw new SecretFault("SECRET_SINK_FOREIGN", `${text} is a secret that this connection did not make`);
      }
      if (found.secretId !== mark.secretId) {
        await reach(`mark ${secretId}`, () =>
          client.updateSecret(
            {
              secret: { name: parent, annotations: { ...there?.annotations, ...annotations }, etag: there?.etag ?? "" },
              updateMask: { paths: ["annotations"] },
            },
            limits,
          ),
        );
      }
      const old = await value(reference);
      if (old?.reveal() === secret.reveal()) return;
      await reach(`write ${secretId}`, () =>
        client.addSecretVersion({ parent, payload: { data: Buffer.from(secret.reveal(), "utf8") } }, limits),
      );
    },

    async drop(reference, owner) {
      const there = await describe(reference);
      if (parseMark(there?.annotations?.[annotation])?.owner !== owner) return;
      await reach(`delete ${reference.secret}`, () =>
        client.deleteSecret({ name: nameOf(reference), etag: there?.etag ?? "" }, limits),
      );
    },

    async close() {
      await client.close();
    },
  };
}

async function ownClient(): Promise<GcpClient> {
  const sdk = await import("@google-cloud/secret-manager").catch(notInstalled("@google-cloud/secret-manager"));
  return new sdk.SecretManagerServiceClient();
}

function nameOf({ project, secret }: GcpReference): string {
  return `projects/${project}/secrets/${secret}`;
}

function utf8(data: Uint8Array, secret: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch (cause) {
    throw new SecretFault("SECRET_UNRESOLVED", `${secret} holds bytes, no text`, { cause });
  }
}

/** What a call gives; undefined: no such secret or version, or what else may be. */
async function reach<T>(what: string, call: () => Promise<T>, mayBe = notFound): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === notFound || code === mayBe) return undefined;
    if (code === permissionDenied || code === unauthenticated) {
      throw new SecretFault("SECRET_FORBIDDEN", `Google's Secret Manager does not let us ${what}`, { cause: error });
    }
    if (code === failedPrecondition) {
      throw new SecretFault("SECRET_UNRESOLVED", `Google's Secret Manager does not ${what}: disabled or destroyed`, {
        cause: error,
      });
    }
    const told = typeof code === "number" || typeof code === "string" ? ` (${code})` : "";
    throw new SecretFault("SECRET_UNREACHABLE", `Google's Secret Manager could not be asked to ${what}${told}`, {
      cause: error,
    });
  }
}
