import { expect } from "vitest";
import type { LocalFaultRule } from "../../sandbox/faults.ts";
import { auth0Host, oktaHost } from "../../sandbox/sandbox.ts";
import { startJumpTime } from "../support/jump-time.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

/** One tenant that an apply sets up at one vendor, while requests go wrong. */
export interface FaultyTenant {
  readonly host: string;
  /** Its only connection. */
  readonly key: string;
  /** How many clients the vendor has for it, however they came about. */
  readonly clients: (workspace: TestWorkspace) => number;
}

export const whiterabbit: FaultyTenant = {
  host: oktaHost,
  key: "whiterabbit/portal",
  clients: ({ sandbox }) =>
    sandbox.okta.apps.filter((app) => JSON.stringify(app.profile ?? {}).includes('"whiterabbit/')).length,
};

export const fernhill: FaultyTenant = {
  host: auth0Host,
  key: "fernhill/portal",
  clients: ({ sandbox }) =>
    [...sandbox.auth0.clients.values()].filter(
      ({ settings }) => settings.client_metadata?.tenantryKey === "fernhill/portal",
    ).length,
};

/** What an apply that met faults came to, for a table of expectations. */
export interface Outcome {
  readonly exit: number;
  /** Of the connection that failed, or of the command; absent when all went well. */
  readonly code?: string;
}

/**
 * `applyThrough` in a workspace of its own. Where a 429 says when to come back, that time is skipped and not waited for:
 * the reset header is in whole seconds, whatever a test would like.
 */
export async function applyInFreshWorkspace(
  tenant: FaultyTenant,
  rules: readonly LocalFaultRule[],
  options: { readonly whole?: boolean } = {},
): Promise<Outcome> {
  const time = rules.some(({ effect }) => effect === "rate-limit") ? startJumpTime() : undefined;
  try {
    const workspace = await openTestWorkspace({ ...options, ...(time === undefined ? {} : { sleep: time.sleep }) });
    try {
      return await applyThrough(workspace, tenant, rules);
    } finally {
      await workspace.close();
    }
  } finally {
    time?.stop();
  }
}

/**
 * Applies while these rules strike, then, if that did not end well, once more without them. In between nobody has been
 * let in by halves: the record is active only where everything was proven. At the end the world is as the file says:
 * exactly one client, an active record, a proof that passes, nothing left to do. Gives what the first apply came to.
 */
export async function applyThrough(
  workspace: TestWorkspace,
  tenant: FaultyTenant,
  rules: readonly LocalFaultRule[],
): Promise<Outcome> {
  const { sandbox } = workspace;
  const run = (...args: readonly string[]) => workspace.tenantry(...args, "--only", tenant.key);
  for (const rule of rules) sandbox.faults.add({ host: tenant.host, ...rule });
  const first = await run("apply", "--yes");
  const said = first.out + first.err;
  expect(
    sandbox.faults.counts().every(({ hits }) => hits > 0),
    `a fault never struck: ${JSON.stringify(sandbox.faults.counts())}\n${said}`,
  ).toBe(true);
  expect(said).not.toContain("CLI_BUG");
  sandbox.faults.clear();
  expect(tenant.clients(workspace)).toBeLessThanOrEqual(1);
  expect(active(workspace, tenant), said).toBe(first.exit === 0);
  if (first.exit !== 0) {
    const again = await run("apply", "--yes");
    expect(again.exit, again.out + again.err).toBe(0);
  }
  expect(tenant.clients(workspace)).toBe(1);
  expect(active(workspace, tenant)).toBe(true);
  expect(workspace.portal("select * from sso_connection_previous")).toEqual([]);
  const proven = await workspace.tenantry("verify", tenant.key);
  expect(proven.exit, proven.out + proven.err).toBe(0);
  const left = await run("plan", "--exit-code");
  expect(left.exit, left.out).toBe(0);
  const code =
    / failed {2}([A-Z][A-Z0-9_]+)\n/.exec(first.out)?.[1] ?? /^([A-Z][A-Z0-9]*_[A-Z0-9_]+) {2}/m.exec(first.err)?.[1];
  return { exit: first.exit, ...(first.exit === 0 || code === undefined ? {} : { code }) };
}

function active(workspace: TestWorkspace, { key }: FaultyTenant): boolean {
  return workspace.portal(`select key from sso_connection_active where key = '${key}'`).length === 1;
}
