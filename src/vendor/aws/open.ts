import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SecretFault } from "../../secret/remote.ts";
import { Secret } from "../../secret/secret.ts";
import type { SecretManager, SinkMark } from "../../secret/sink.ts";
import type { AwsReference } from "../../workspace/reference.ts";
import { memberOf, withMember } from "../member.ts";
import { notInstalled } from "../optional-package.ts";
import { createTurns } from "../turns.ts";

export interface AwsOptions {
  readonly region?: string | undefined;
  /** Milliseconds for one request. */
  readonly deadline: number;
  /** Where the service is and who we are, for tests; absent: as the SDK finds them. */
  readonly place?:
    | { readonly endpoint: string; readonly accessKeyId: string; readonly secretAccessKey: string }
    | undefined;
}

type Sdk = typeof import("@aws-sdk/client-secrets-manager");

/**
 * Secrets of AWS Secrets Manager. What we put there carries tags with whose it is, for each field one pair. AWS has no
 * check-and-set: two runs that write members of one secret at the same moment may lose one of them.
 *
 * @throws SecretFault SECRET_SDK_MISSING
 */
export async function openAws(options: AwsOptions): Promise<SecretManager<AwsReference>> {
  const sdk = await import("@aws-sdk/client-secrets-manager").catch(notInstalled("@aws-sdk/client-secrets-manager"));
  const { place, region, deadline } = options;
  const client = new sdk.SecretsManagerClient({
    ...(region === undefined ? {} : { region }),
    maxAttempts: 3,
    requestHandler: { requestTimeout: deadline, connectionTimeout: deadline, throwOnRequestTimeout: true },
    ...(place === undefined
      ? {}
      : {
          endpoint: place.endpoint,
          credentials: { accessKeyId: place.accessKeyId, secretAccessKey: place.secretAccessKey },
        }),
  });
  const { text, mark, create, update, tag, untag, remove } = calls(client, sdk);
  const inTurn = createTurns();
  return {
    async read({ name, field }) {
      const found = await text(name);
      const value = found === undefined ? undefined : memberOf(found, field, name);
      return value === undefined ? undefined : new Secret(value);
    },

    async look({ name, field }) {
      const found = await text(name);
      const value = found === undefined ? undefined : memberOf(found, field, name);
      return value === undefined ? undefined : { value: new Secret(value), mark: (await mark(name, field)).mark };
    },

    put: ({ name, field, text: shown }, secret, wanted) =>
      inTurn(name, async () => {
        const value = secret.reveal();
        const there = await mark(name, field);
        const old = there.exists ? await text(name) : undefined;
        const oldValue = old === undefined ? undefined : memberOf(old, field, name);
        const isFree = oldValue === undefined && there.mark === undefined;
        if (!isFree && there.mark?.owner !== wanted.owner) throw foreign(shown);
        const whole = withMember(old, field, value, name) ?? "";
        if (!there.exists) return create(name, whole, field, wanted);
        if (there.mark?.secretId !== wanted.secretId) await tag(name, field, wanted);
        if (oldValue !== value) await update(name, whole);
      }),

    drop: ({ name, field }, owner) =>
      inTurn(name, async () => {
        const there = await mark(name, field);
        if (there.mark?.owner !== owner) return;
        const old = await text(name);
        const rest = field === undefined ? undefined : withMember(old, field, undefined, name);
        if (rest === undefined && there.onlyOurs) return remove(name);
        if (rest !== undefined) await update(name, rest);
        await untag(name, field);
      }),

    async close() {
      client.destroy();
    },
  };
}

/** Tags of a field: `tenantry` and `tenantry.secret`, or with `:<field>` behind them. */
function tagNames(field: string | undefined): { readonly owner: string; readonly secret: string } {
  const end = field === undefined ? "" : `:${field}`;
  return { owner: `tenantry${end}`, secret: `tenantry.secret${end}` };
}

/** The calls that there are, with faults as ours. */
function calls(client: SecretsManagerClient, sdk: Sdk) {
  const tagsOf = (field: string | undefined, { owner, secretId }: SinkMark) => {
    const names = tagNames(field);
    return [
      { Key: names.owner, Value: owner },
      // Tags take fewer characters than ids may have.
      { Key: names.secret, Value: secretId.replaceAll(/[^A-Za-z0-9_.:/=+@-]/g, "_").slice(0, 256) },
    ];
  };
  return {
    /** The newest version; undefined: no such secret, or none with a value. */
    text: (name: string) =>
      reach(`read ${name}`, async () => {
        const { SecretString } = await client.send(new sdk.GetSecretValueCommand({ SecretId: name }));
        if (SecretString !== undefined) return SecretString;
        throw new SecretFault("SECRET_UNRESOLVED", `${name} holds bytes, no text`);
      }),

    mark: async (name: string, field: string | undefined) => {
      const found = await reach(`look at ${name}`, () =>
        client.send(new sdk.DescribeSecretCommand({ SecretId: name })),
      );
      if (found?.DeletedDate !== undefined) {
        throw new SecretFault("SECRET_SINK_REFUSED", `${name} is being deleted`, {
          hint: `Run \`aws secretsmanager restore-secret --secret-id ${name}\`, or name another place.`,
        });
      }
      const tags = new Map((found?.Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
      const names = tagNames(field);
      const owner = tags.get(names.owner);
      const others = [...tags.keys()].some((key) => key !== names.owner && key !== names.secret);
      const mark = owner === undefined ? undefined : { owner, secretId: tags.get(names.secret) ?? "" };
      return { exists: found !== undefined, mark, onlyOurs: !others };
    },

    create: async (name: string, text: string, field: string | undefined, mark: SinkMark): Promise<void> => {
      const Tags = tagsOf(field, mark);
      await reach(`make ${name}`, () =>
        client.send(new sdk.CreateSecretCommand({ Name: name, SecretString: text, Tags })),
      );
    },

    update: async (name: string, text: string): Promise<void> => {
      await reach(`write ${name}`, () =>
        client.send(new sdk.PutSecretValueCommand({ SecretId: name, SecretString: text })),
      );
    },

    tag: async (name: string, field: string | undefined, mark: SinkMark): Promise<void> => {
      await reach(`mark ${name}`, () =>
        client.send(new sdk.TagResourceCommand({ SecretId: name, Tags: tagsOf(field, mark) })),
      );
    },

    untag: async (name: string, field: string | undefined): Promise<void> => {
      const { owner, secret } = tagNames(field);
      await reach(`unmark ${name}`, () =>
        client.send(new sdk.UntagResourceCommand({ SecretId: name, TagKeys: [owner, secret] })),
      );
    },

    /** It can be brought back for 30 days: AWS's own default. */
    remove: async (name: string): Promise<void> => {
      await reach(`delete ${name}`, () => client.send(new sdk.DeleteSecretCommand({ SecretId: name })));
    },
  };
}

/** What a call gives; undefined: no such secret. */
async function reach<T>(what: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof SecretFault) throw error;
    const { name } = error instanceof Error ? error : { name: "" };
    if (name === "ResourceNotFoundException") return undefined;
    if (
      /^(AccessDenied|UnrecognizedClient|InvalidSignature|ExpiredToken|InvalidClientToken|CredentialsProvider)/.test(
        name,
      )
    ) {
      throw new SecretFault("SECRET_FORBIDDEN", `AWS Secrets Manager does not let us ${what} (${name})`, {
        cause: error,
      });
    }
    // Names of the SDK's own errors; its messages may quote what was sent.
    throw new SecretFault("SECRET_UNREACHABLE", `AWS Secrets Manager could not be asked to ${what} (${name})`, {
      cause: error,
    });
  }
}

function foreign(text: string): SecretFault {
  return new SecretFault("SECRET_SINK_FOREIGN", `${text} holds a secret that this connection did not put there`);
}
