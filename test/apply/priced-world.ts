import { createHash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { auth0Host, oktaHost, type RequestEntry, type SandboxOptions } from "../../sandbox/sandbox.ts";
import type { CallBudget } from "../../src/plan/observed.ts";
import { auth0Bucket } from "../../src/vendor/auth0/bucket.ts";
import { oktaBucket } from "../../src/vendor/okta/bucket.ts";
import type { JumpTime } from "../support/jump-time.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

/** Calls by host and bucket. */
export type Counts = Readonly<Record<string, number>>;

/** The example workspace without its tenants, and what it has called. */
export interface PricedWorld {
  readonly workspace: TestWorkspace;
  /** Writes a tenant's file: a sign-in, and the apps that it is for. */
  tenant(slug: string, signIn: string, options?: { readonly apps?: readonly string[]; readonly more?: string }): void;
  /** What a plan says that an apply costs, and what the apply of it then does. */
  planAndApply(
    ...args: readonly string[]
  ): Promise<{ readonly foreseen: readonly CallBudget[]; readonly made: Counts; readonly minutes: number }>;
  /** Applies, and expects that it goes well. */
  apply(...args: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

export async function openPricedWorld(
  options: Pick<SandboxOptions, "rateLimits"> & {
    readonly time?: JumpTime;
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<PricedWorld> {
  const seen: RequestEntry[] = [];
  const { time, rateLimits = {} } = options;
  const workspace = await openTestWorkspace({
    whole: true,
    rateLimits,
    ...(time === undefined ? {} : { sleep: time.sleep }),
    onRequest: (entry) => {
      time?.stir();
      seen.push(entry);
    },
  });
  for (const file of readdirSync(`${workspace.root}/tenants`)) rmSync(`${workspace.root}/tenants/${file}`);
  const tenantry = async (...args: readonly string[]) => {
    const result = await workspace.tenantryWith(options.environment ?? {}, ...args);
    if (result.exit !== 0 && !(result.exit === 4 && args[0] === "plan"))
      throw new Error(`${args.join(" ")}: ${result.exit}\n${result.out}${result.err}`);
    return result;
  };
  return {
    workspace,
    tenant(slug, signIn, { apps = ["portal"], more = "" } = {}) {
      const id = [...createHash("sha256").update(slug).digest().subarray(0, 20)].map((byte) => alphabet[byte % 32]);
      const connections = apps.map((app) => `  - app: ${app}\n`).join("");
      const lines = [
        `tenant: ${slug}`,
        `id: ${id.join("")}`,
        `name: Customer ${slug}`,
        /^status:/m.test(more) ? "" : "status: active",
        `domains: [${slug}.example]`,
        "contacts: []",
        "signIn:",
        ...signIn
          .trim()
          .split("\n")
          .map((line) => `  ${line.trim()}`),
        /clientAuth:/.test(signIn) ? "" : "  clientAuth: client_secret_post",
        "connections:",
        connections + more,
      ];
      workspace.write(`tenants/${slug}.yaml`, lines.filter((line) => line !== "").join("\n"));
    },
    async planAndApply(...args) {
      const plan = await tenantry("plan", "--json", ...args);
      const { plan: planned, stops } = plan.json() as unknown as {
        plan: { budget: readonly CallBudget[] };
        stops: readonly { acknowledge: string }[];
      };
      // Whatever the plan has used up is there again.
      await time?.sleep(120_000);
      seen.length = 0;
      const start = Date.now();
      await tenantry("apply", "--yes", ...stops.flatMap(({ acknowledge }) => ["--ack", acknowledge]), ...args);
      return { foreseen: planned.budget, made: countsOf(seen), minutes: (Date.now() - start) / 60_000 };
    },
    async apply(...args) {
      await tenantry("apply", "--yes", ...args);
    },
    close: () => workspace.close(),
  };
}

/** Calls of the management APIs; what a proof asks is not among them. */
function countsOf(seen: readonly RequestEntry[]): Counts {
  const counts: Record<string, number> = {};
  for (const { host, method, path } of seen) {
    const bucket =
      host === oktaHost && path.startsWith("/api/v1")
        ? `${host} ${oktaBucket(path)}`
        : host === auth0Host && path.startsWith("/api/v2")
          ? `${host} ${auth0Bucket(method, path)}`
          : undefined;
    if (bucket !== undefined) counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

/** Where what was foreseen is further from what was made than a tenth (and than two calls). */
export function misses(foreseen: readonly CallBudget[], made: Counts): readonly string[] {
  const expected = new Map(foreseen.map(({ bucket, calls }) => [bucket, calls]));
  const together = `${auth0Host} management`;
  const counts = new Map<string, number>();
  for (const [bucket, calls] of Object.entries(made)) {
    // Where the subscription counts several buckets together, the plan does too.
    const name = bucket.startsWith(auth0Host) && !expected.has(bucket) && expected.has(together) ? together : bucket;
    counts.set(name, (counts.get(name) ?? 0) + calls);
  }
  const buckets = new Set([...expected.keys(), ...counts.keys()]);
  return [...buckets]
    .filter((bucket) => /\/api\/v1|auth0/.test(bucket) && !bucket.endsWith(" tokens"))
    .flatMap((bucket) => {
      const [said, was] = [expected.get(bucket) ?? 0, counts.get(bucket) ?? 0];
      return Math.abs(said - was) <= Math.max(2, was * 0.1) ? [] : [`${bucket}: foreseen ${said}, made ${was}`];
    })
    .sort();
}
