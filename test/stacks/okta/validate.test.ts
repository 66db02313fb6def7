import { describe, expect, test } from "vitest";
import { synthesizeOkta } from "../../../stacks/okta/okta-stack.ts";
import { cases } from "./cases.ts";
import { hasProvider, terraformFolder } from "./terraform-here.ts";

// With the provider itself: every argument is one of its, of the right type, and every reference leads somewhere.

describe.each(["6.12.0", "4.20.0"])("the provider %s", (version) => {
  for (const [name, input] of Object.entries(cases)) {
    test.skipIf(!hasProvider(version))(`takes ${name} (needs a provider mirror)`, async () => {
      const text = synthesizeOkta({ ...input, provider: { ...input.provider, version } });
      const { write, run } = terraformFolder();
      write(text);
      await run("init", "-backend=false", "-input=false");
      const answer = JSON.parse(await run("validate", "-json")) as { valid: boolean; diagnostics: unknown[] };
      expect(answer).toMatchObject({ valid: true, diagnostics: [] });
    });
  }
});
