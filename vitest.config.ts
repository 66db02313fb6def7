import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

const failures = "test/verify/failures/*.test.ts";

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "tests",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, failures],
          globalSetup: ["test/support/postgres-server.ts"],
          setupFiles: ["test/support/loopback-only.ts", "test/support/okta-contract.ts"],
        },
      },
      {
        // Small files that share nothing but modules: four times as fast when a worker keeps those.
        extends: true,
        test: { name: "failures", include: [failures], isolate: false, setupFiles: ["test/support/loopback-only.ts"] },
      },
    ],
    // On two cores vitest would take one: most tests wait for processes and servers of their own.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // On a machine that others use too. A test that passes only then is named: `(retry x1)`.
    retry: process.env.CI ? 1 : 0,
    reporters: process.env.TENANTRY_TEST_JSON
      ? ["default", ["json", { outputFile: process.env.TENANTRY_TEST_JSON }]]
      : ["default"],
  },
});
