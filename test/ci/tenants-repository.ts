import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { managementClientId, type RequestEntry, serviceClientId } from "../../sandbox/sandbox.ts";
import { connectionReadScopes } from "../../src/vendor/auth0/credential.ts";
import { oktaScopes } from "../../src/vendor/okta/credential.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** Of the example: one at Okta, one at Auth0 with two apps, one with a provider of their own. */
const companies = ["whiterabbit", "fernhill", "northwind-rail"];

/** Names and values. */
export type Variables = Readonly<Record<string, string>>;

/** The environments of CI that the pipelines use. */
export type CiEnvironment = "tenantry-plan" | "tenantry-verify" | "production";

/** A team's repository of tenants with the pipelines copied into it, and the world that it is about. */
export interface TenantsRepository extends Pick<TestWorkspace, "root" | "sandbox" | "edit" | "write" | "portal"> {
  /** What an administrator keeps for each environment: those for plans can read only. */
  readonly kept: Readonly<Record<CiEnvironment, Variables>>;
  /** Values that nobody may find in what a pipeline shows or keeps. */
  readonly secrets: readonly string[];
  /** `PATH` of a runner: git, and an npm that installs this very checkout. */
  readonly path: string;
  /** A folder for files around the runs. */
  readonly folder: string;
  readonly store: string;
  /** Commits everything; its hash. */
  commit(message: string): string;
  /** A fresh checkout, which has nothing of what other jobs have left. */
  checkout(commit: string): string;
  /** Requests since the last call that change something at an identity provider. */
  writes(): readonly string[];
  close(): Promise<void>;
}

/** The npm of a runner. It does what `npm ci` would, without asking a registry, and nothing else. */
const npm = `#!/bin/sh
if [ "$*" != "ci --ignore-scripts --no-audit --no-fund" ]; then echo "npm $*: not expected" >&2; exit 1; fi
mkdir -p node_modules/.bin
printf '#!/bin/sh\\nexec "%s" "%s" "$@"\\n' '${process.execPath}' '${join(repository, "bin/tenantry.js")}' \\
  > node_modules/.bin/tenantry
chmod +x node_modules/.bin/tenantry
`;

export async function openTenantsRepository(): Promise<TenantsRepository> {
  const requests: RequestEntry[] = [];
  const workspace = await openTestWorkspace({ whole: true, onRequest: (entry) => requests.push(entry) });
  const { root, sandbox } = workspace;
  const folder = mkdtempSync(join(tmpdir(), "tenantry-ci-"));
  const store = join(folder, "store.db");
  for (const file of readdirSync(join(root, "tenants"))) {
    if (!companies.includes(file.replace(".yaml", ""))) rmSync(join(root, "tenants", file));
  }
  workspace.write("tenantry.yaml", forCi(workspace.read("tenantry.yaml")));
  cpSync(join(repository, "ci/steps"), join(root, "ci/steps"), { recursive: true });
  cpSync(join(repository, "ci/github"), join(root, ".github"), { recursive: true });
  cpSync(join(repository, "ci/gitlab/tenantry.gitlab-ci.yml"), join(root, ".gitlab-ci.yml"));
  workspace.write(".gitignore", ".tenantry/\nnode_modules/\n");
  workspace.write("package-lock.json", "{}\n");

  const programs = join(folder, "programs");
  mkdirSync(programs);
  writeFileSync(join(programs, "npm"), npm, { mode: 0o755 });

  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@acme.example", ...args], {
      cwd: root,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  git("-c", "init.defaultBranch=main", "init", "--quiet");
  const commit = (message: string): string => {
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message", message);
    return git("rev-parse", "HEAD");
  };
  commit("the example");

  let seen = requests.length;
  let checkouts = 0;
  const kept = addReaders(workspace, store);
  return {
    ...workspace,
    ...{ root, sandbox, folder, store, kept, commit },
    secrets: [...new Set(Object.values(kept).flatMap(secretsOf))],
    path: `${programs}:/usr/local/bin:/usr/bin:/bin`,
    checkout(of) {
      const into = join(folder, `checkout-${++checkouts}`);
      git("clone", "--quiet", "--no-hardlinks", root, into);
      git("-C", into, "-c", "advice.detachedHead=false", "checkout", "--quiet", of);
      // The address of the sandbox is in tenantry.yaml; its authority is no file of the repository.
      cpSync(join(root, ".tenantry/sandbox/ca.pem"), join(into, ".tenantry/sandbox/ca.pem"));
      return into;
    },
    writes() {
      const since = requests.slice(seen);
      seen = requests.length;
      return since
        .filter(({ method, path }) => !["GET", "HEAD", "OPTIONS"].includes(method) && !/\/token$/.test(path))
        .map(({ method, host, path }) => `${method} ${host}${path}`);
    },
    async close() {
      await workspace.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `tenantry.yaml` with every value that differs from runner to runner by reference, as docs/ci.md says. */
function forCi(text: string): string {
  const document = parseDocument(text);
  for (const key of ["envFile", "store", "apps"]) document.deleteIn(["environments", "sandbox", key]);
  document.setIn(["identityProviders", "workforce", "credentials", "clientId"], "env:OKTA_CLIENT_ID");
  document.setIn(["identityProviders", "customers", "credentials", "clientId"], "env:AUTH0_CLIENT_ID");
  return document.toString();
}

/** Makes clients that may only read beside those that may change things, and gives what each environment keeps. */
function addReaders({ root, sandbox }: TestWorkspace, store: string): TenantsRepository["kept"] {
  const service = sandbox.okta.apps.find(({ id }) => id === serviceClientId);
  if (service === undefined) throw new Error("the sandbox has no service app");
  const { id: _id, secrets: _secrets, grants: _grants, ...common } = service;
  const reader = "0oa1tenantryreader00";
  sandbox.okta.addApp({
    ...common,
    ...{ id: reader, clientId: reader, label: "Tenantry plans", grants: oktaScopes.read },
  });
  const { auth0 } = sandbox;
  const management = auth0.clients.get(managementClientId);
  if (management === undefined) throw new Error("the sandbox has no management client");
  const planner = auth0.addClient({ settings: { ...management.settings, name: "Tenantry plans" } });
  // What docs/apps/auth0.md asks for besides, for an app that is the Auth0 tenant itself.
  auth0.addGrant(planner.clientId, auth0.audience, { scopes: connectionReadScopes });

  const { env } = sandbox;
  const databases = {
    PORTAL_DATABASE_URL: `sqlite:${join(root, ".tenantry/sandbox/portal.db")}`,
    ORDERS_DATABASE_URL: `sqlite:${join(root, ".tenantry/sandbox/orders.db")}`,
  };
  const keys = Object.fromEntries(Object.entries(env).filter(([name]) => /_SEALING_KEY$|_CLIENT_KEY$/.test(name)));
  const handedOver = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("TENANT_")));
  const { OKTA_PRIVATE_KEY = "" } = env;
  const named = (names: RegExp) => Object.fromEntries(Object.entries(env).filter(([name]) => names.test(name)));
  const reach = named(/^(KONG_ADMIN_TOKEN|BILLING_RECEIVER_KEY|CREW_WORKOS_KEY|MENDIX_API_KEY)$/);
  const vault = named(/^VAULT_TOKEN$/);
  const readers = {
    ...{ OKTA_CLIENT_ID: reader, OKTA_PRIVATE_KEY },
    ...{ AUTH0_CLIENT_ID: planner.clientId, AUTH0_MANAGEMENT_SECRET: planner.secret },
  };
  return {
    "tenantry-plan": { ...databases, ...reach, ...readers },
    "tenantry-verify": { ...databases, ...keys, ...reach, ...vault, ...readers, TENANTRY_STORE: `sqlite:${store}` },
    production: {
      ...databases,
      ...keys,
      ...reach,
      ...vault,
      ...handedOver,
      ...{ OKTA_CLIENT_ID: serviceClientId, OKTA_PRIVATE_KEY },
      ...{ AUTH0_CLIENT_ID: managementClientId, AUTH0_MANAGEMENT_SECRET: env.AUTH0_MANAGEMENT_SECRET ?? "" },
      TENANTRY_STORE: `sqlite:${store}`,
    },
  };
}

function secretsOf(variables: Variables): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    /_SECRET$|_KEY$/.test(name) ? [value, value.replaceAll("\n", "").slice(40, 120)].filter((text) => text !== "") : [],
  );
}
