import https from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret } from "../../src/secret/secret.ts";
import { createFetcher, type Fetcher } from "../../src/verify/fetch/fetcher.ts";
import type { ProbeParts } from "../../src/verify/probe/parts.ts";
import { askToken } from "../../src/verify/probe/token.ts";
import { createAuthority } from "./authority.ts";
import { clientSecret, issuer } from "./provider.ts";
import { subjectWith } from "./subject.ts";

let ca: string;
const servers: https.Server[] = [];
const ports: Record<string, number> = {};
beforeAll(async () => {
  const authority = await createAuthority();
  ca = authority.ca;
  const leaf = await authority.issue(["idp.example"]);
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const server = https.createServer(
      { ...leaf, ca, requestCert: true, rejectUnauthorized: true, minVersion: version, maxVersion: version },
      (_, response) => response.end("{}"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ports[version] = (server.address() as AddressInfo).port;
    servers.push(server);
  }
});
afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

const parts = (fetcher: Fetcher): ProbeParts => ({
  subject: subjectWith(),
  metadata: { token_endpoint: `${issuer}/token` },
  preset: undefined,
  fetcher,
  ranFrom: "runner.example",
  hush: () => {},
});
const secret = { kind: "secret", method: "client_secret_basic", value: new Secret(clientSecret) } as const;

test.each(["TLSv1.2", "TLSv1.3"])(
  "a server that wants a certificate of the client proves nothing (%s)",
  async (version) => {
    const network = { connect: { host: "127.0.0.1", port: ports[version] ?? 0, ca } };
    const fetcher = await createFetcher({ network, allowPrivate: [], deadline: 2_000 });
    const answer = await askToken(parts(fetcher), secret);
    await fetcher.close();
    // Node breaks off without an alert, so no more is known.
    expect(answer).toMatchObject({ kind: "unclear", finding: { verdict: "inconclusive" } });
  },
);

test.each(["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"])(
  "and says so where its alert does: %s",
  async (detail) => {
    const fetcher: Fetcher = {
      ...(await createFetcher({ network: {}, allowPrivate: [], deadline: 2_000 })),
      send: async () => ({ kind: "tls", detail }),
    };
    const answer = await askToken(parts(fetcher), secret);
    await fetcher.close();
    expect(answer).toMatchObject({ kind: "unclear", because: expect.stringContaining("mutual TLS") });
    expect(answer).not.toHaveProperty("finding");
  },
);
