import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import { afterAll, beforeAll } from "vitest";
import type { GcpClient } from "../../../src/vendor/gcp/open.ts";

interface Held {
  annotations: Record<string, string>;
  readonly versions: string[];
}

/** A Secret Manager of Google's (REST, v1) for the tests of a file. */
export interface FakeGcp {
  /** The SDK's client, sent there; or to another port. */
  client(port?: number): GcpClient;
  put(name: string, text: string): void;
  /** From now on every call is refused so. */
  fail(status: number | undefined, reason?: string): void;
}

export function openFakeGcp(): FakeGcp {
  const held = new Map<string, Held>();
  let failure: { readonly status: number; readonly reason: string } | undefined;
  let server: Server;

  const route = (method: string, path: string, query: URLSearchParams, body: Record<string, never>): unknown => {
    const [, name = "", end = ""] = /^\/v1\/(projects\/[^/]+\/secrets\/[^/:]+)(.*)$/.exec(path) ?? [];
    if (method === "POST" && path.endsWith("/secrets")) {
      const made = `${path.slice("/v1/".length)}/${query.get("secretId")}`;
      if (held.has(made)) return undefined;
      held.set(made, {
        annotations: (body as { annotations?: Record<string, string> }).annotations ?? {},
        versions: [],
      });
      return { name: made };
    }
    const there = held.get(name);
    if (there === undefined) return undefined;
    const version = /^\/versions\/(\w+):access$/.exec(end)?.[1];
    if (method === "GET" && version !== undefined) {
      const at = version === "latest" ? there.versions.length : Number(version);
      const data = there.versions[at - 1];
      return data === undefined ? undefined : { name: `${name}/versions/${at}`, payload: { data } };
    }
    if (method === "POST" && end === ":addVersion") {
      there.versions.push((body as unknown as { payload: { data: string } }).payload.data);
      return { name: `${name}/versions/${there.versions.length}` };
    }
    if (method === "PATCH") there.annotations = (body as { annotations?: Record<string, string> }).annotations ?? {};
    if (method === "DELETE") {
      held.delete(name);
      return {};
    }
    return { name, annotations: there.annotations, etag: '"1"' };
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake.example");
        const text = Buffer.concat(chunks).toString("utf8");
        const found =
          failure === undefined
            ? route(request.method ?? "GET", pathname, searchParams, text === "" ? {} : JSON.parse(text))
            : undefined;
        const { status, reason } = failure ?? { status: 404, reason: "NOT_FOUND" };
        response.setHeader("content-type", "application/json");
        response.statusCode = found === undefined ? status : 200;
        response.end(JSON.stringify(found ?? { error: { code: status, status: reason, message: "refused" } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  return {
    client: (port) =>
      new SecretManagerServiceClient({
        fallback: true,
        protocol: "http",
        apiEndpoint: "127.0.0.1",
        port: port ?? (server.address() as AddressInfo).port,
        projectId: "acme-sso",
        apiKey: "example",
      }),
    put(name, text) {
      const there = held.get(name) ?? { annotations: {}, versions: [] };
      there.versions.push(Buffer.from(text, "utf8").toString("base64"));
      held.set(name, there);
    },
    fail(status, reason = "") {
      failure = status === undefined ? undefined : { status, reason };
    },
  };
}
