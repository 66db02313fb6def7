import type { ExitCode } from "../../errors/code.ts";
import type { WorkspaceOptions } from "../context.ts";
import { printJson } from "../outcome.ts";
import type { Run } from "../run.ts";
import { runningSandbox } from "../running-sandbox.ts";

/** Prints what a shell exports so that tools in processes of their own reach the sandbox under the vendors' names. */
export async function printSandboxEnv(run: Run, options: WorkspaceOptions): Promise<ExitCode> {
  const { proxy, ca } = await runningSandbox(run, options);
  const variables = toolVariables(proxy, ca);
  if (options.json === true) {
    printJson(run.terminal, "sandbox", { variables });
    return 0;
  }
  for (const [name, value] of Object.entries(variables)) run.terminal.out(`export ${name}=${quoted(value)}\n`);
  run.terminal.err("for `eval`: tools of that shell then trust the sandbox alone, and reach nothing else by https\n");
  return 0;
}

/**
 * The proxy and the authority under the names that tools read them by: Go, OpenSSL and Python `SSL_CERT_FILE`, curl
 * `CURL_CA_BUNDLE` before it, Python requests `REQUESTS_CA_BUNDLE`, Node.js `NODE_EXTRA_CA_CERTS`, and the proxy (from
 * 24.5) only with `NODE_USE_ENV_PROXY`. Some prefer the small spelling, which may be set already.
 */
function toolVariables(proxy: string, ca: string): Readonly<Record<string, string>> {
  const direct = "127.0.0.1,localhost";
  return {
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    NO_PROXY: direct,
    no_proxy: direct,
    SSL_CERT_FILE: ca,
    CURL_CA_BUNDLE: ca,
    REQUESTS_CA_BUNDLE: ca,
    NODE_EXTRA_CA_CERTS: ca,
    NODE_USE_ENV_PROXY: "1",
  };
}

/** As one word of a POSIX shell. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
