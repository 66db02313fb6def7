import { afterAll, beforeAll } from "vitest";
import type { SandboxOptions } from "../../sandbox/sandbox.ts";
import { startTestSandbox, type TestSandbox } from "./sandbox.ts";

/**
 * One sandbox for all tests of a file or of a `describe`, started before the first and ended after the last of them.
 * Asked before that it throws. What fails inside it fails the file.
 */
export function sharedSandbox(options: Omit<SandboxOptions, "dir" | "port"> = {}): TestSandbox {
  let started: TestSandbox | undefined;
  const it = (): TestSandbox => {
    if (started === undefined) throw new Error("the sandbox runs only while the tests do");
    return started;
  };
  beforeAll(async () => {
    started = await startTestSandbox(options);
  });
  afterAll(() => started?.close());
  return {
    get sandbox() {
      return it().sandbox;
    },
    get dir() {
      return it().dir;
    },
    fetch: (host, path, init) => it().fetch(host, path, init),
    close: () => Promise.reject(new Error("the sandbox is shared: it ends after the last test")),
  };
}
