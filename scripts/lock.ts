// Some registries do not list the builds of optional tools for other platforms, and npm leaves those out of the lock.
// `npm ci` then stops with "Missing … from lock file". This adds what is missing; with --check it only looks. It also
// refuses download addresses in the lock, which would tie it to one registry.
import { readFileSync, writeFileSync } from "node:fs";

interface LockPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const check = process.argv.includes("--check");
const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, LockPackage> };

const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
  Object.entries(entry.optionalDependencies ?? {})
    .map(([name, version]) => ({ name, version, found: lockedVersion(path, name), path }))
    // Builds of tools are pinned exactly; anything else that was found is left to npm.
    .filter(({ version, found }) => found === undefined || (/^\d/.test(version) && found !== version)),
);
const addressed = Object.values(lock.packages).filter((entry) => entry.resolved?.startsWith("http") === true).length;

if (check) {
  for (const { name, version } of missing) console.error(`missing from the lock: ${name}@${version}`);
  if (addressed > 0) console.error(`${addressed} entries of the lock hold download addresses`);
  if (missing.length > 0 || addressed > 0) {
    console.error("run `node scripts/lock.ts`");
    process.exitCode = 1;
  } else {
    console.log("the lock is complete");
  }
} else {
  for (const { name, version, found, path } of missing) {
    const place = found === undefined ? `node_modules/${name}` : `${path}/node_modules/${name}`;
    lock.packages[place] = { version, optional: true, ...platformOf(name) } as LockPackage;
  }
  for (const entry of Object.values(lock.packages)) delete (entry as { resolved?: string }).resolved;
  const packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
  console.log(missing.length === 0 ? "the lock was complete" : `added ${missing.length} entries`);
}

/** The version that npm would find from `path`: beside it or in a folder above. */
function lockedVersion(path: string, name: string): string | undefined {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const found = lock.packages[`${at === "" ? "" : `${at}/`}node_modules/${name}`];
    if (found !== undefined || at === "") return found?.version;
    if (!at.includes("/node_modules/")) return lock.packages[`node_modules/${name}`]?.version;
  }
}

/** What the name of a platform's build says, such as `@biomejs/cli-darwin-arm64`. */
function platformOf(name: string): { readonly os?: readonly string[]; readonly cpu?: readonly string[] } {
  const os = /(darwin|linux|win32|freebsd|openbsd|netbsd|android|openharmony|sunos|aix)/.exec(name)?.[1];
  const cpu = /(arm64|x64|ia32|riscv64|ppc64|s390x|loong64|mips64el|arm)(?![a-z0-9])/.exec(name)?.[1];
  return { ...(os === undefined ? {} : { os: [os] }), ...(cpu === undefined ? {} : { cpu: [cpu] }) };
}
