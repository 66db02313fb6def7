import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of programs that stand in for OpenTofu, Terraform and Pulumi, and of what they would find. */
export interface FakeTools {
  /** To be put on PATH. */
  readonly bin: string;
  /** A home folder with nothing in it. */
  readonly home: string;
  /** PATH and HOME as a run is given them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Adds a program, as the commands of a shell script. */
  program(name: string, commands: string): string;
  /** Writes a file below the home folder and gives its path. */
  file(path: string, text?: string): string;
  remove(): void;
}

export function fakeTools(): FakeTools {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-tools-"));
  const bin = join(folder, "bin");
  const home = join(folder, "home");
  mkdirSync(bin);
  mkdirSync(home);
  const write = (path: string, text: string): string => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  return {
    bin,
    home,
    environment: { PATH: bin, HOME: home },
    program(name, commands) {
      const path = write(join(bin, name), `#!/bin/sh\n${commands}\n`);
      chmodSync(path, 0o755);
      return path;
    },
    file: (path, text = "") => write(join(home, path), text),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
