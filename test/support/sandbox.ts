import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import {
  describeBug,
  type Sandbox,
  type SandboxBug,
  type SandboxOptions,
  startSandbox,
} from "../../sandbox/sandbox.ts";

/** What undici's `fetch` takes, without the dispatcher, which is ours. */
type TestRequest = Omit<NonNullable<Parameters<typeof undiciFetch>[1]>, "dispatcher">;
export type TestResponse = Awaited<ReturnType<typeof undiciFetch>>;

/** A sandbox on a free port with a folder of its own, and a way to ask it. */
export interface TestSandbox {
  readonly sandbox: Sandbox;
  readonly dir: string;
  /** Asks `https://HOST/PATH` of the sandbox under that very name, trusting only its CA; follows no redirect. */
  fetch(host: string, path: string, init?: TestRequest): Promise<TestResponse>;
  /** Ends it. Throws when the sandbox itself has failed at some request. */
  close(): Promise<void>;
}

export async function startTestSandbox(options: Omit<SandboxOptions, "dir" | "port"> = {}): Promise<TestSandbox> {
  const root = mkdtempSync(join(tmpdir(), "tenantry-sandbox-"));
  const dir = join(root, "sandbox");
  const bugs: SandboxBug[] = [];
  const sandbox = await startSandbox({ onBug: (bug) => bugs.push(bug), ...options, dir, port: 0 });
  const connector = buildConnector({ ca: sandbox.ca });
  const agent = new Agent({
    connect: (target, done) => {
      const servername = /^[\d.]+$/.test(target.hostname) ? "" : target.hostname;
      connector({ ...target, hostname: sandbox.host, port: String(sandbox.port), servername }, done);
    },
  });
  return {
    sandbox,
    dir,
    fetch: (host, path, init = {}) =>
      undiciFetch(`https://${host}${path}`, { redirect: "manual", ...init, dispatcher: agent }),
    close: async () => {
      await agent.destroy();
      await sandbox.close();
      rmSync(root, { recursive: true, force: true });
      if (bugs.length > 0) throw new Error(bugs.map(describeBug).join("\n"));
    },
  };
}
