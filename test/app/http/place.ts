import type { RequestListener, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createReceiver } from "../../../docs/receiver/receiver.ts";
import { createAuthority } from "../../../sandbox/authority.ts";
import { Receiver } from "../../../sandbox/receiver/receiver.ts";
import type { AppAdapter } from "../../../src/app/app.ts";
import { openHttpApp } from "../../../src/app/http/open.ts";
import type { AppOpenOptions } from "../../../src/app/open-options.ts";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import type { HttpApp, HttpAuth } from "../../../src/workspace/apps/http.ts";
import type { Workspace } from "../../../src/workspace/workspace.ts";
import { record, tenant, write } from "../sql/records.ts";

export const host = "records.acme.example";
export const key = "whiterabbit/billing" as ConnectionKey;
export const signingKey = "a-signing-key-of-at-least-32-bytes";
export const now = Date.UTC(2026, 10, 21, 9);

/** What an exchange was, for tests that look at what was sent. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
  readonly answerHeaders: NodeJS.Dict<string | string[] | number>;
}

/** What happens to a request instead of, or after, its being answered. */
export type Fault = (request: { readonly method: string; readonly path: string }) => Struck | Promise<Struck>;
type Struck = "cut" | "lose" | Answered | undefined;
interface Answered {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface ReceiverPlace {
  readonly exchanges: Exchange[];
  fault: Fault | undefined;
  /** Waits that were asked for. */
  readonly waits: number[];
  clock: number;
  /** Where it listens, for requests of a test's own. */
  readonly server: { readonly port: number; readonly ca: string };
  adapter(change?: {
    readonly auth?: HttpAuth;
    readonly secretSink?: string;
    readonly values?: Record<string, string>;
  }): Promise<AppAdapter>;
  /** The stand-in; absent where the reference receiver is. */
  readonly receiver: Receiver | undefined;
  close(): Promise<void>;
}

const certificates = createAuthority(Date.now());

export const hmac: HttpAuth = {
  kind: "hmac",
  keyId: "tenantry-1",
  secret: { scheme: "env", name: "KEY", text: "env:KEY" },
};
export const oauth: HttpAuth = {
  kind: "oauth",
  tokenUrl: `https://${host}/oauth/token`,
  clientId: "tenantry",
  clientSecret: { scheme: "env", name: "SECRET", text: "env:SECRET" },
  scope: "records:write",
};

/** A receiver of its own behind a real TLS server. */
export async function receiverPlace(which: "stand-in" | "reference"): Promise<ReceiverPlace> {
  const authority = await certificates;
  let server: Server;
  const receiver =
    which === "stand-in"
      ? new Receiver(
          host,
          { signing: new Map([["tenantry-1", signingKey]]), clients: new Map([["tenantry", "a client: secret"]]) },
          () => place.clock,
        )
      : undefined;
  const reference = createReceiver({
    origin: `https://${host}`,
    keys: {
      "tenantry-1": { secret: signingKey, managedBy: "acme/production" },
      elsewhere: { secret: signingKey, managedBy: "acme/staging" },
    },
    seal: (secret) => `sealed:${Buffer.from(secret).toString("hex")}`,
    clock: () => place.clock,
  });
  const answer: RequestListener =
    receiver === undefined
      ? reference
      : (request, response) => {
          const [path = "", query = ""] = (request.url ?? "").split("?");
          void receiver.site.handle({ request, response, path, query });
        };
  server = createServer(await authority.issue({ dns: [host] }), async (request, response) => {
    const chunks: Buffer[] = [];
    const { method = "", url = "", headers } = request;
    const fault = await place.fault?.({ method, path: url });
    if (fault === "cut") return request.socket.destroy();
    if (typeof fault === "object") {
      response.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    }
    const answered = capture(response, (text) => {
      const body = Buffer.concat(chunks).toString("utf8");
      const exchange = { method, path: url, headers, body, answer: text };
      place.exchanges.push({ ...exchange, status: response.statusCode, answerHeaders: response.getHeaders() });
    });
    if (fault === "lose") answered.lose(() => request.socket.destroy());
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const place: ReceiverPlace = {
    exchanges: [],
    fault: undefined,
    waits: [],
    clock: now,
    server: { port: (server.address() as AddressInfo).port, ca: authority.certificate },
    receiver,
    async adapter({ auth = hmac, secretSink, values = {} } = {}) {
      const secrets: Record<string, string> = { KEY: signingKey, SECRET: "a client: secret", ...values };
      const app: HttpApp = {
        ...{
          kind: "http",
          name: "billing",
          baseUrl: "https://billing.acme.example",
          callback: "/sso/{tenant}/callback",
        },
        ...{ postLogout: [], clientAuth: ["client_secret_basic"], receiver: `https://${host}`, auth, secretSink },
      };
      let time = now;
      const sleep = async (milliseconds: number): Promise<void> => {
        place.waits.push(milliseconds);
        time += milliseconds;
      };
      const options: Omit<AppOpenOptions<HttpApp>, "workspace"> = {
        ...{ app, access: "manage", clock: () => now, sleep, know: () => {} },
        network: {
          connect: { host: "127.0.0.1", port: (server.address() as AddressInfo).port, ca: authority.certificate },
        },
        limiters: createHostLimiters({ clock: () => time, sleep }),
        resolve: (reference) => new Secret(secrets["name" in reference ? String(reference.name) : ""] ?? ""),
      };
      return openHttpApp({ ...options, workspace: { name: "acme", environment: "production" } as Workspace });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return place;
}

/** Sees the text of an answer when it ends; an answer that is to be lost never goes out. */
function capture(response: ServerResponse, ended: (text: string) => void): { lose(cut: () => void): void } {
  const end = response.end.bind(response);
  let cut: (() => void) | undefined;
  response.end = ((chunk?: unknown) => {
    ended(typeof chunk === "string" ? chunk : "");
    if (cut === undefined) return end(chunk);
    cut();
    return response;
  }) as typeof response.end;
  return {
    lose(by) {
      cut = by;
    },
  };
}

export const billing = {
  tenant: tenant({ app: "billing" }),
  record: record({ key, app: "billing", kind: "http" }),
  write: (secret: string | undefined = "s3cret-one", change = {}) => ({
    ...write(secret, { key, app: "billing", kind: "http", ...change }),
    appTenant: tenant({ app: "billing" }),
    routed: ["whiterabbit.example"],
  }),
};
