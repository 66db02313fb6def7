import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:https";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { oktaHost, type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { openTestWorkspace } from "../support/workspace.ts";

// 127.0.0.2 stands for an address of the network: the whole of 127/8 is this machine, and nothing listens there unasked.

const root = mkdtempSync(join(tmpdir(), "tenantry-exposed-"));
const sandboxes: Sandbox[] = [];
afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) await sandbox.close();
  rmSync(root, { recursive: true, force: true });
});

async function start(exposedTo?: string): Promise<Sandbox> {
  const dir = join(root, `sandbox-${sandboxes.length}`);
  const sandbox = await startSandbox({ dir, port: 0, exposedTo });
  sandboxes.push(sandbox);
  return sandbox;
}

function status({ port, ca }: Sandbox, host: string, name: string): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    const servername = name === oktaHost ? name : "";
    const options = { host, port, ca, servername, agent: false, path: "/.well-known/okta-organization" };
    get({ ...options, headers: { host: name } }, (response) => resolve(response.resume().statusCode)).once(
      "error",
      (error: NodeJS.ErrnoException) => resolve(error.code),
    );
  });
}

function dial(port: number, host: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve("connected");
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  });
}

test.skipIf(process.platform !== "linux")("without being told it listens on 127.0.0.1 alone", async () => {
  const { port } = await start();
  expect(await dial(port, "127.0.0.1")).toBe("connected");
  expect(await dial(port, "127.0.0.2")).toBe("ECONNREFUSED");
  expect(await dial(port, "::1")).not.toBe("connected");
});

test.skipIf(process.platform !== "linux")(
  "told to, it answers at one more address, under its certificate too",
  async () => {
    const sandbox = await start("127.0.0.2");
    expect(await status(sandbox, "127.0.0.2", oktaHost)).toBe(200);
    expect(await status(sandbox, "127.0.0.1", oktaHost)).toBe(200);
    // The admin API: the address is one of its names. 404, as it has no such path.
    expect(await status(sandbox, "127.0.0.2", "127.0.0.2")).toBe(404);
    expect(await dial(sandbox.port, "127.0.0.3")).toBe("ECONNREFUSED");
    await sandbox.close();
    expect(await dial(sandbox.port, "127.0.0.2")).toBe("ECONNREFUSED");
  },
);

test.skipIf(process.platform !== "linux")("0.0.0.0 is every address", async () => {
  const { port } = await start("0.0.0.0");
  expect([await dial(port, "127.0.0.1"), await dial(port, "127.0.0.3")]).toEqual(["connected", "connected"]);
});

test("an address of another machine is refused, and nothing is left listening", async () => {
  const dir = join(root, "foreign");
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address() as AddressInfo;
  await new Promise((closed) => free.close(closed));
  await expect(startSandbox({ dir, port, exposedTo: "192.0.2.7" })).rejects.toMatchObject({
    code: "SANDBOX_ADDRESS_FOREIGN",
    message: "192.0.2.7 is no address of this machine.",
  });
  expect(await dial(port, "127.0.0.1")).toBe("ECONNREFUSED");
});

test("the command line takes an address only, and warns of what it means", async () => {
  const workspace = await openTestWorkspace();
  try {
    const refused = await workspace.tenantry("sandbox", "--expose-to-network", "example.com");
    expect(refused.exit).toBe(2);
    expect(refused.err).toBe(
      "CLI_USAGE  --expose-to-network takes an IP address, and `example.com` is none\n" +
        "  mend: give one of this machine, such as 192.0.2.7, or 0.0.0.0 for all of them\n",
    );
    await workspace.sandbox.close();
    const foreign = await workspace.tenantry("sandbox", "--expose-to-network", "192.0.2.7");
    expect(foreign.exit).toBe(2);
    expect(foreign.err).toMatch(/^warning: the sandbox listens on 192\.0\.2\.7 too\./);
    expect(foreign.err).toContain("SANDBOX_ADDRESS_FOREIGN  192.0.2.7 is no address of this machine.\n");
  } finally {
    await workspace.close();
  }
});
