import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/postgres-server.ts"],
    setupFiles: ["test/support/loopback-only.ts", "test/support/okta-contract.ts"],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    reporters: process.env.TENANTRY_TEST_JSON
      ? ["default", ["json", { outputFile: process.env.TENANTRY_TEST_JSON }]]
      : ["default"],
  },
});
