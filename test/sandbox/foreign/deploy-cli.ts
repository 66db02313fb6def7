import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { auth0Host } from "../../../sandbox/sandbox.ts";
import type { TestSandbox } from "../../support/sandbox.ts";
import { deployClientId } from "./deploy-client.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const program = require.resolve("auth0-deploy-cli");

/** What of the tenant is carried over. */
const included = ["clients", "connections", "organizations", "roles", "resourceServers", "clientGrants"];

/** The command line of auth0-deploy-cli for one sandbox. */
export interface DeployCli {
  /** Writes the tenant into a folder and gives the file's text. */
  dump(folder: string): Promise<string>;
  /** Makes the tenant what the file of that folder says; gives what the program printed. */
  deploy(folder: string): Promise<string>;
}

/**
 * The program as it comes, in a process of its own. It reaches the sandbox under the tenant's real name, by its own
 * `--proxy_url` through the sandbox's CONNECT proxy, and trusts the sandbox's authority by `NODE_EXTRA_CA_CERTS`. `secrets` are the
 * values of the places that an export leaves open.
 */
export function deployCli(
  at: TestSandbox,
  clientSecret: string,
  secrets: Readonly<Record<string, string>> = {},
): DeployCli {
  const env = {
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: join(at.dir, "ca.pem"),
    AUTH0_DOMAIN: auth0Host,
    AUTH0_CLIENT_ID: deployClientId,
    AUTH0_CLIENT_SECRET: clientSecret,
    AUTH0_INCLUDED_ONLY: JSON.stringify(included),
    AUTH0_KEYWORD_REPLACE_MAPPINGS: JSON.stringify(secrets),
  };
  const call = async (...args: readonly string[]): Promise<string> => {
    const through = `--proxy_url=http://127.0.0.1:${at.sandbox.port}`;
    const { stdout, stderr } = await run(process.execPath, [program, ...args, through], { env, timeout: 280_000 });
    return stdout + stderr;
  };
  return {
    dump: async (folder) => {
      await call("export", "--format=yaml", `--output_folder=${folder}`);
      return await readFile(join(folder, "tenant.yaml"), "utf8");
    },
    deploy: (folder) => call("import", `--input_file=${join(folder, "tenant.yaml")}`),
  };
}
