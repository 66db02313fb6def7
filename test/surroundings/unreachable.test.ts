import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAuthority } from "../../sandbox/authority.ts";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";
import { expectConverges, expectDiscreet, told } from "./told.ts";

const authority = ".tenantry/sandbox/ca.pem";
const only = (tenant: string) => ["--only", tenant];

let workspace: TestWorkspace;
let at: string;
beforeEach(async () => {
  workspace = await openTestWorkspace({ whole: true });
  at = `127.0.0.1:${workspace.sandbox.port}`;
});
afterEach(() => workspace.close());

/** The identity provider of a tenant, and what is said when it cannot be asked. */
const providers: readonly (readonly [tenant: string, code: string, exit: number, could: string])[] = [
  ["whiterabbit", "OKTA_UNREACHABLE", 7, "Okta (acme.okta.com) could not be asked for an access token: "],
  ["fernhill", "AUTH0_UNREACHABLE", 7, "Auth0 (acme.eu.auth0.com) could not be asked for an access token: "],
  ["tannberg", "VERIFY_DISCOVERY_UNAVAILABLE", 5, "https://id.tannberg.example/realms/staff: "],
];

describe("identity providers that nothing listens for", () => {
  it.each(providers)("are told of for %s", async (tenant, code, exit, could) => {
    await workspace.sandbox.close();
    for (const command of [["plan"], ["apply", "--yes"]]) {
      const failed = told(workspace, await workspace.tenantry(...command, ...only(tenant)));
      expect(failed).toMatchObject({
        exit,
        code,
        mend: `See that the sandbox runs at ${at}: \`tenantry sandbox --background\` starts it.`,
      });
      expect(failed.message).toMatch(
        tenant === "tannberg"
          ? /: The connection to id\.tannberg\.example failed \(ECONNREFUSED\) from \S+, so the discovery document could not be had\.$/
          : /: it refused the connection$/,
      );
      expect(failed.message.startsWith(could)).toBe(true);
    }
    expect(workspace.portal("select * from org")).toEqual([]);
  });

  it("leave verify and status with what they know", async () => {
    expect((await workspace.tenantry("apply", "--yes", ...only("whiterabbit"))).exit).toBe(0);
    await workspace.sandbox.close();
    const verified = await workspace.tenantry("verify", "whiterabbit");
    expectDiscreet(workspace, verified);
    expect(verified.exit).toBe(7);
    expect(verified.out).toContain("unclear");
    expect((await workspace.tenantry("status")).exit).toBe(0);
    expect(workspace.portal("select state from sso_connection")).toEqual([{ state: "active" }]);
  });
});

describe("identity providers that somebody else answers for", () => {
  it.each(providers)("are told of for %s, and nothing is sent to them", async (tenant, code, exit, could) => {
    const own = workspace.read(authority);
    for (const other of [(await createAuthority(Date.now())).certificate, "rubbish\n"]) {
      workspace.write(authority, other);
      const failed = told(workspace, await workspace.tenantry("apply", "--yes", ...only(tenant)));
      expect(failed).toMatchObject({
        exit,
        code,
        mend: `What answers at ${at} is not vouched for by file:${authority}: end the sandbox of another folder that may run there, then start this one with \`tenantry sandbox --background\`.`,
      });
      expect(failed.message).toBe(
        tenant === "tannberg"
          ? `${could}id.tannberg.example sends a certificate without the intermediate that links it to a trusted authority, so the discovery document could not be had.`
          : `${could}its TLS certificate was not accepted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
      );
    }
    workspace.write(authority, own);
    const again = await workspace.tenantry("apply", "--yes", ...only(tenant));
    expect(again.exit, again.err + again.out).toBe(0);
  });

  it("are not asked at all without the file of their authority", async () => {
    rmSync(join(workspace.root, authority));
    expect(told(workspace, await workspace.tenantry("apply", "--yes"))).toEqual({
      exit: 7,
      code: "APPLY_SANDBOX_ABSENT",
      message: `the file file:${authority} of \`connect:\` is not there`,
      mend: "Start it with `tenantry sandbox --background`, or name another environment with --env.",
    });
  });
});

describe("an identity provider that goes away in the middle", () => {
  const run = (...args: readonly string[]) => workspace.tenantry(...args, ...only("whiterabbit"));

  it.each<[what: string, method: string, path: string, code: string, message: string, mend: string]>([
    [
      "while a client is made",
      "POST",
      "^/api/v1/apps$",
      "OKTA_CREATE_UNCLEAR",
      "It is not clear whether Okta (acme.okta.com) has made the app of whiterabbit/portal: its reply was lost",
      "Apply again in a minute: an app that was made is taken over, and a second one is never made.",
    ],
    [
      "while a secret is read",
      "GET",
      "/credentials/secrets$",
      "OKTA_UNREACHABLE",
      "Okta (acme.okta.com) could not be asked to list the secrets of app APP: the connection was cut",
      "Check `domain`, the network and its proxies. What was begun is resumed by the next run.",
    ],
    [
      "while a secret is proven",
      "POST",
      "^/oauth2/default/v1/token$",
      "APPLY_PROOF_INCONCLUSIVE",
      "whiterabbit/portal was not switched on: S1 The client's credentials are accepted: The connection to acme.okta.com failed (ECONNRESET) from HOST, so the answer of the token endpoint could not be had.",
      "Check name, network and firewall from that machine, or run the verification beside the app.",
    ],
  ])("%s: nothing is switched on, and the same command goes on", async (_, method, path, code, message, mend) => {
    workspace.sandbox.faults.add({ host: "acme.okta.com", method, path, effect: "reset-before", times: 100 });
    const failed = told(workspace, await run("apply", "--yes"));
    expect({
      ...failed,
      message: failed.message.replace(/ from \S+,/, " from HOST,").replace(/0oa\w+/, "APP"),
    }).toEqual({
      exit: 7,
      code,
      message,
      mend,
    });
    expect(workspace.portal("select * from sso_connection where state = 'active'")).toEqual([]);
    workspace.sandbox.faults.clear();
    await expectConverges(workspace, run);
  });

  it("for good: the apply ends by itself, and says how far it came", async () => {
    workspace.sandbox.faults.add({
      host: "acme.okta.com",
      path: "^/api/v1/apps/[^/]+/groups",
      effect: "reset-after",
      times: 100,
      onHit: () => void workspace.sandbox.close(),
    });
    const result = await run("apply", "--yes");
    const failed = told(workspace, result);
    expect(failed).toMatchObject({ exit: 7, code: "OKTA_UNREACHABLE" });
    expect(failed.message).toMatch(
      /^Okta \(acme\.okta\.com\) could not be asked to .*: (it refused the connection|the connection was cut)$/,
    );
    expect(result.out).toContain(
      "1 failed; what worked goes on working. To go on, mend what failed, then run the same command again",
    );
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
    expect(workspace.portal("select * from sso_connection")).toEqual([]);
  });
});
