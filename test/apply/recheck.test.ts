import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAuthority } from "../../sandbox/authority.ts";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
  expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
});
afterEach(() => workspace.close());

const app = () => ourApps(workspace.sandbox)[0];
const groupsOf = (tenant: string) =>
  [...(ourApps(workspace.sandbox, tenant)[0]?.assignments.keys() ?? [])].map(
    (id) => workspace.sandbox.okta.group(id)?.profile.name,
  );

describe("an apply does no more than the plan that was judged", () => {
  it("leaves alone what somebody changed while the question waited", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Food");
    const result = await workspace.tenantryAsked(() => {
      workspace.sandbox.okta.edit(String(app()?.id), (edited) => {
        edited.oauth.redirect_uris = ["https://portal.acme.example/else"];
      });
    }, "apply");
    expect(result.exit).toBe(4);
    expect(result.out).toContain("PLAN_STALE");
    expect(result.out).toContain("redirectUris of idp/workforce/client/whiterabbit/portal was not in the plan");
    expect(app()?.oauth.redirect_uris).toEqual(["https://portal.acme.example/else"]);
  });

  it("does not report off what somebody has switched on again", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
    workspace.changePortal("update sso_connection set state = 'disabled'");
    const result = await workspace.tenantryAsked(() => {
      workspace.changePortal("update sso_connection set state = 'active'");
    }, "apply");
    expect(result.exit).toBe(4);
    expect(result.out).toContain("PLAN_STALE");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(workspace.portal("select * from sso_connection_active")).toEqual([]);
    expect(app()?.status).toBe("INACTIVE");
  });

  it("sends no secret and writes nothing when the discovery document is not the one of the plan", async () => {
    const evil = await standBetween(workspace);
    try {
      workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Food");
      const before = workspace.portal("select * from sso_connection");
      evil.lieAfter(1);
      const refused = await workspace.tenantry("apply", "--yes");
      expect(refused.exit).toBe(4);
      expect(refused.out).toContain("the discovery document of https://acme.okta.com/oauth2/default is not the one");
      expect(evil.asked()).toEqual([]);
      expect(workspace.portal("select * from sso_connection")).toEqual(before);
      evil.lieAfter(0);
      expect((await workspace.tenantry("plan")).out).toContain("whiterabbit/portal:endpointHost");
      const verified = await workspace.tenantry("verify");
      expect(verified.exit).toBe(6);
      expect(verified.out).toMatch(/FAIL +R3/);
      expect(evil.asked()).toEqual([]);
    } finally {
      await evil.close();
    }
  });
});

describe("endpoints that cannot be compared", () => {
  it("are never said to be the issuer's", async () => {
    workspace.sandbox.faults.add({ path: "well-known/openid", effect: "status-before", status: 404, times: 50 });
    const verified = await workspace.tenantry("verify", "--json");
    expect(verified.exit).toBe(6);
    const [proof] = (verified.json() as unknown as { proofs: { evidence: { checks: { id: string }[] } }[] }).proofs;
    expect(proof?.evidence.checks.find(({ id }) => id === "R3")).toMatchObject({
      verdict: "inconclusive",
      code: "VERIFY_NOT_RUN",
    });
  });
});

describe("a fleet that is read by lists", () => {
  it("reads whole what the files have changed, so that no change goes unseen or unguarded", async () => {
    for (let index = 0; index < 21; index += 1) workspace.addTenant(`t${String.fromCharCode(97 + index)}`);
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
    workspace.edit("tenants/tc.yaml", "groups: [whiterabbit-staff]", "everyone: true");
    const stopped = await workspace.tenantry("apply", "--yes");
    expect(stopped.exit).toBe(4);
    expect(stopped.err).toContain("--ack idp/workforce/client/tc/portal:assignment");
    expect(groupsOf("tc")).toEqual(["whiterabbit-staff"]);
    const ack = ["--ack", "idp/workforce/client/tc/portal:assignment"];
    expect((await workspace.tenantry("apply", "--yes", ...ack)).exit).toBe(0);
    expect(groupsOf("tc")).toEqual(["Everyone"]);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
  });
});

describe("when a step fails, what was there goes on", () => {
  it("goes on with the next when only one client that is switched off is in the way", async () => {
    workspace.addTenant("alpha");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    workspace.sandbox.okta.edit(String(ourApps(workspace.sandbox, "alpha")[0]?.id), (edited) => {
      edited.profile = {};
    });
    workspace.edit("tenants/alpha.yaml", "status: active", "status: suspended");
    workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Food");
    const applied = await workspace.tenantry("apply", "--yes");
    expect(applied.exit).toBe(4);
    expect(applied.out).toMatch(/^alpha\/portal +failed +OKTA_CLIENT_ID_TAKEN$/m);
    expect(applied.out).toMatch(/^whiterabbit\/portal +active/m);
    expect(workspace.portal("select key from sso_connection_active")).toEqual([{ key: "whiterabbit/portal" }]);
  });

  it("brings the old client authentication back when the hand-over fails", async () => {
    workspace.changePortal(
      "insert into org values ('o', 'other', 'Other', 'active', 'else/production', '', '');" +
        "insert into org_domain(domain, org_id, verified_at) values ('taken.example', 'o', null)",
    );
    workspace.edit("tenants/whiterabbit.yaml", "clientAuth: client_secret_basic", "clientAuth: client_secret_post");
    workspace.edit("tenants/whiterabbit.yaml", "[whiterabbit.example]", "[whiterabbit.example, taken.example]");
    const acks = ["--ack", "idp/workforce/client/whiterabbit/portal:clientAuth"];
    acks.push("--ack", "app/portal/tenant/whiterabbit:domains");
    const failed = await workspace.tenantry("apply", "--yes", ...acks);
    expect(failed.exit).toBe(4);
    expect(failed.out).toContain("SQL_DOMAIN_TAKEN");
    expect(app()?.authMethod).toBe("client_secret_basic");
    expect((await workspace.tenantry("verify")).exit).toBe(0);
  });

  it("leaves the client of a suspended tenant off when switching on fails", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    workspace.edit("tenants/whiterabbit.yaml", "status: suspended", "status: active");
    workspace.sandbox.faults.add({ path: "/v1/authorize", effect: "status-before", status: 503, times: 50 });
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(7);
    expect(app()?.status).toBe("INACTIVE");
    expect(workspace.portal("select * from sso_connection_active")).toEqual([]);
    workspace.sandbox.faults.clear();
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
  });

  it("keeps refresh tokens working until the record no longer asks for them", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "scopes: [openid", "scopes: [offline_access, openid");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(app()?.oauth.grant_types).toContain("refresh_token");
    workspace.edit("tenants/whiterabbit.yaml", "scopes: [offline_access, openid", "scopes: [openid");
    const seen: boolean[] = [];
    const onHit = () => void seen.push(app()?.oauth.grant_types?.includes("refresh_token") === true);
    workspace.sandbox.faults.add({ path: "/v1/authorize", effect: "delay", milliseconds: 0, times: 9, onHit });
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(seen).toEqual([true, true, true]);
    expect(app()?.oauth.grant_types).toEqual(["authorization_code"]);
  });
});

describe("switching off", () => {
  it("closes the app side although the identity provider does not answer, and says that it is not all", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
    workspace.sandbox.faults.add({ path: "^/(api|oauth2/v1)/", effect: "status-before", status: 503, times: 999 });
    const half = await workspace.tenantry("apply", "--yes");
    expect(half.exit).toBe(5);
    expect(half.out).toContain("Not read: idp/workforce");
    expect(workspace.portal("select * from sso_connection_active")).toEqual([]);
    expect(app()?.status).toBe("ACTIVE");
    workspace.sandbox.faults.clear();
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(app()?.status).toBe("INACTIVE");
  });

  it("is refused as undeclared when every tenant has left the environment", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: active\nenvironments: [production]");
    const refused = await workspace.tenantry("plan");
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain("PLAN_UNDECLARED");
    expect(refused.err).toContain("the client of whiterabbit/portal at workforce exists");
    expect(refused.err).toContain("the active record of whiterabbit/portal in portal exists");
  });
});

describe("several tenants in one apply", () => {
  it("lets a domain move to a tenant that comes first in the alphabet", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "[whiterabbit.example]", "[whiterabbit.example, moves.example]");
    const domains = ["--ack", "app/portal/tenant/whiterabbit:domains"];
    expect((await workspace.tenantry("apply", "--yes", ...domains)).exit).toBe(0);
    workspace.edit("tenants/whiterabbit.yaml", "[whiterabbit.example, moves.example]", "[whiterabbit.example]");
    workspace.addTenant("aaa", (text) => text.replace("[aaa.example]", "[aaa.example, moves.example]"));
    const moved = await workspace.tenantry("apply", "--yes", ...domains);
    expect(moved, moved.out).toMatchObject({ exit: 0 });
    expect(
      workspace.portal("select tenant from org join org_domain on org_id = id where domain = 'moves.example'"),
    ).toEqual([{ tenant: "aaa" }]);
  });

  it("lets domains move on from hand to hand, whatever the names", async () => {
    for (const slug of ["aaa", "bbb"]) workspace.addTenant(slug);
    const domains = (slug: string, ...names: readonly string[]) =>
      workspace.edit(`tenants/${slug}.yaml`, /^domains: .*/m, `domains: [${names.join(", ")}]`);
    domains("whiterabbit", "whiterabbit.example", "one.example");
    domains("bbb", "bbb.example", "two.example");
    const acks = ["aaa", "bbb", "whiterabbit"].flatMap((slug) => ["--ack", `app/portal/tenant/${slug}:domains`]);
    const all = [...acks, "--ack", "plan:tenants"];
    expect((await workspace.tenantry("apply", "--yes", ...all)).exit).toBe(0);
    // whiterabbit gives to bbb, and bbb gives to aaa, which comes first in the alphabet.
    domains("whiterabbit", "whiterabbit.example");
    domains("bbb", "bbb.example", "one.example");
    domains("aaa", "aaa.example", "two.example");
    const moved = await workspace.tenantry("apply", "--yes", ...all);
    expect(moved, moved.out).toMatchObject({ exit: 0 });
    expect(
      workspace.portal(
        "select domain, tenant from org join org_domain_claim on org_id = id where domain like '%o%.example' order by domain",
      ),
    ).toEqual(
      expect.arrayContaining([
        { domain: "one.example", tenant: "bbb" },
        { domain: "two.example", tenant: "aaa" },
      ]),
    );
  });

  it("refuses a public id that has changed before anything is done", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "id: 7vk2m9qhx4rw8t3nbcd5", "id: 8vk2m9qhx4rw8t3nbcd5");
    const refused = await workspace.tenantry("apply", "--yes");
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain("PLAN_ID_CHANGED");
  });
});

/** A server between Tenantry and the sandbox, with a certificate of its own, that can lie about the token endpoint. */
async function standBetween(of: TestWorkspace) {
  const authority = await createAuthority(Date.now());
  const leaf = await authority.issue({ dns: ["acme.okta.com", "evil.example"] });
  const asked: string[] = [];
  let honest = Infinity;
  const server = createServer(leaf, (incoming, answer) => {
    const chunks: Buffer[] = [];
    if (incoming.headers.host !== "acme.okta.com") asked.push(`${incoming.method} ${incoming.headers.host}`);
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method, url: path, headers } = incoming;
      const onward = request(
        {
          host: "127.0.0.1",
          port: of.sandbox.port,
          servername: "acme.okta.com",
          ca: of.sandbox.ca,
          method,
          path,
          headers,
        },
        (reply) => {
          const parts: Buffer[] = [];
          reply.on("data", (part: Buffer) => parts.push(part));
          reply.on("end", () => {
            let text = Buffer.concat(parts).toString("utf8");
            if (path?.includes("/oauth2/default/.well-known") === true) {
              honest -= 1;
              if (honest < 0) text = text.replace(/("token_endpoint":"https:\/\/)acme\.okta\.com/, "$1evil.example");
            }
            const { "content-length": _length, "transfer-encoding": _encoding, ...rest } = reply.headers;
            answer.writeHead(reply.statusCode ?? 502, rest).end(text);
          });
        },
      );
      onward.end(Buffer.concat(chunks));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  of.write("between.pem", authority.certificate);
  of.edit("tenantry.yaml", /127\.0\.0\.1:\d+/, `127.0.0.1:${(server.address() as AddressInfo).port}`);
  of.edit("tenantry.yaml", "file:.tenantry/sandbox/ca.pem", "file:between.pem");
  return {
    asked: () => asked,
    lieAfter: (documents: number) => {
      honest = documents;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
