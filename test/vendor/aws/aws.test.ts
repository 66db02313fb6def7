import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SecretManager } from "../../../src/secret/sink.ts";
import { openAws } from "../../../src/vendor/aws/open.ts";
import { faultOf, managerSuite, referenceTo } from "../manager-suite.ts";

// AWS's own SDK against a server of ours that answers as Secrets Manager does (JSON 1.1, `X-Amz-Target`).

interface Held {
  text: string;
  readonly tags: Map<string, string>;
  deleted?: number;
}

const held = new Map<string, Held>();
let denied = false;
let server: Server;

type Input = Readonly<Record<string, unknown>>;
class Refused extends Error {}

function answer(action: string, input: Input): Input {
  if (denied) throw new Refused("AccessDeniedException");
  const name = String(input.SecretId ?? input.Name);
  const there = held.get(name);
  const tags = (input.Tags ?? []) as readonly { readonly Key: string; readonly Value: string }[];
  if (tags.some(({ Value }) => !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(Value)))
    throw new Refused("ValidationException");
  if (action === "CreateSecret") {
    if (there !== undefined) throw new Refused("ResourceExistsException");
    held.set(name, { text: String(input.SecretString), tags: new Map(tags.map(({ Key, Value }) => [Key, Value])) });
    return { Name: name };
  }
  if (there === undefined) throw new Refused("ResourceNotFoundException");
  if (there.deleted !== undefined && action !== "DescribeSecret") throw new Refused("InvalidRequestException");
  switch (action) {
    case "GetSecretValue":
      return { Name: name, SecretString: there.text };
    case "DescribeSecret":
      return { Name: name, Tags: [...there.tags].map(([Key, Value]) => ({ Key, Value })), DeletedDate: there.deleted };
    case "PutSecretValue":
      there.text = String(input.SecretString);
      return {};
    case "TagResource":
      for (const { Key, Value } of tags) there.tags.set(Key, Value);
      return {};
    case "UntagResource":
      for (const tag of input.TagKeys as string[]) there.tags.delete(tag);
      return {};
    case "DeleteSecret":
      held.delete(name);
      return {};
    default:
      throw new Refused("UnknownOperationException");
  }
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const action = String(request.headers["x-amz-target"]).replace("secretsmanager.", "");
      response.setHeader("content-type", "application/x-amz-json-1.1");
      try {
        const output = answer(action, JSON.parse(Buffer.concat(chunks).toString("utf8")) as Input);
        response.end(JSON.stringify(output));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        response.statusCode = 400;
        response.end(JSON.stringify({ __type: error.message, Message: "refused" }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function open(): Promise<SecretManager> {
  const { port } = server.address() as AddressInfo;
  const place = { endpoint: `http://127.0.0.1:${port}`, accessKeyId: "AKIAEXAMPLE", secretAccessKey: "example-key" };
  return (await openAws({ region: "eu-central-1", deadline: 5_000, place })) as unknown as SecretManager;
}

let count = 0;

describe("AWS Secrets Manager, a member of a secret", () => {
  managerSuite({
    open,
    fresh: () => referenceTo("aws-sm", `aws-sm:sso/t${count++}#client_secret`),
    beside: ({ text }) => referenceTo("aws-sm", text.replace("#client_secret", "#other")),
    theirs: ({ text }, secret) => {
      const name = text.slice("aws-sm:".length).replace(/#.*/, "");
      held.set(name, { text: JSON.stringify({ client_secret: secret }), tags: new Map() });
    },
  });
});

describe("AWS Secrets Manager, a whole secret", () => {
  managerSuite({
    open,
    fresh: () => referenceTo("aws-sm", `aws-sm:sso/t${count++}`),
    theirs: ({ text }, secret) => void held.set(text.slice("aws-sm:".length), { text: secret, tags: new Map() }),
  });
});

describe("AWS Secrets Manager says what is wrong", () => {
  const at = referenceTo("aws-sm", "aws-sm:sso/odd#client_secret");

  test("when it does not let us", async () => {
    denied = true;
    const fault = await faultOf((await open()).read(at));
    denied = false;
    expect(fault.code).toBe("SECRET_FORBIDDEN");
  });

  test("when the secret is no JSON object, or the member no text", async () => {
    held.set("sso/odd", { text: "s3cret-text", tags: new Map() });
    const text = await faultOf((await open()).read(at));
    held.set("sso/odd", { text: JSON.stringify({ client_secret: 5 }), tags: new Map() });
    const number = await faultOf((await open()).read(at));
    expect([text.code, number.code]).toEqual(["SECRET_UNRESOLVED", "SECRET_UNRESOLVED"]);
    expect(text.message).not.toContain("s3cret-text");
  });

  test("when a secret is being deleted, with the command that brings it back", async () => {
    held.set("sso/going", { text: "x", tags: new Map(), deleted: 1_790_000_000 });
    const going = referenceTo("aws-sm", "aws-sm:sso/going");
    const { Secret } = await import("../../../src/secret/secret.ts");
    const fault = await faultOf((await open()).put(going, new Secret("y"), { owner: "a", secretId: "1" }));
    expect([fault.code, fault.hint]).toEqual(["SECRET_SINK_REFUSED", expect.stringContaining("restore-secret")]);
  });

  test("when nobody answers", async () => {
    const place = { endpoint: "http://127.0.0.1:9", accessKeyId: "AKIAEXAMPLE", secretAccessKey: "example-key" };
    const manager = await openAws({ region: "eu-central-1", deadline: 1_000, place });
    expect((await faultOf(manager.read(at))).code).toBe("SECRET_UNREACHABLE");
  });
});
