import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import { call } from "./okta-caller.ts";

/** One recorded exchange of a real org (MPL-2.0, okta/terraform-provider-okta). */
interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number | string;
  readonly response: unknown;
}

const folder = join(import.meta.dirname, "../../../shared/fixtures/okta");
const recordings = [
  "ResourceOktaAppOauth_basic",
  "ResourceOktaAppOauth_customProfileAttributes",
  "ResourceOktaAppOauth_omitSecretSafeEnable",
  "ResourceOktaAppOauth_pkce_required",
  "ResourceOktaAppOauth_redirect_uris",
  "ResourceOktaAppOauth_serviceNative",
  "ResourceOktaAppOauth_serviceWithJWKS",
  "ResourceOktaAppGroupAssignment_crud",
  "ResourceOktaGroup_crud",
  "ResourceOktaAppOauth_skipAuthenticationPolicy",
  "ResourceOktaAuthServer_crud",
  "ResourceOktaAuthServerPolicy_crud",
  "DataSourceOktaAppGroupAssignments_read",
  "DataSourceOktaAppOauth_read",
  "DataSourceOktaAuthServer_read",
  "DataSourceOktaEveryoneGroup_read",
  "DataSourceOktaGroup_read",
];

/** Differences that are known and without meaning for a client of these calls. */
const allowed = [
  // A feature of the recorded org, shown on some of its apps.
  /^\.universalLogout/,
  /^\[\]\.universalLogout/,
  // Shown by newer releases only: some recordings have it, some do not.
  /^(\[\])?\._links\.owners/,
];

let at: TestSandbox;
beforeAll(async () => {
  at = await startTestSandbox();
});
afterAll(() => at.close());

interface Policy {
  readonly id: string;
  readonly system: boolean;
  readonly description?: string;
  readonly _embedded: { readonly resourceType: string };
}

function sortOf({ system, _embedded }: Policy): string {
  return `${_embedded.resourceType} ${system ? "system" : "own"}`;
}

/** Every path in the value with the kind of what is there; arrays by their first item. */
function shape(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return [`${path}: list`, ...(value.length === 0 ? [] : shape(value[0], `${path}[]`))];
  if (typeof value === "object" && value !== null) {
    return [`${path}: object`, ...Object.entries(value).flatMap(([key, inner]) => shape(inner, `${path}.${key}`))];
  }
  return [`${path}: ${value === null ? "null" : typeof value}`];
}

/** Remembers for every id of the recording the one that stands for it here. */
function learn(ids: Map<string, string>, recorded: unknown, here: unknown): void {
  if (typeof recorded === "string" && typeof here === "string") {
    const isId = /^(0oa|00g|00p|rst|ocs|00u|aus)\w{17}$/;
    if (isId.test(recorded) && isId.test(here) && recorded.slice(0, 3) === here.slice(0, 3)) ids.set(recorded, here);
  } else if (Array.isArray(recorded) && Array.isArray(here)) {
    for (const [index, item] of recorded.entries()) learn(ids, item, here[index]);
  } else if (typeof recorded === "object" && recorded !== null && typeof here === "object" && here !== null) {
    for (const [key, inner] of Object.entries(recorded)) learn(ids, inner, (here as Record<string, unknown>)[key]);
  }
}

function translate(ids: ReadonlyMap<string, string>, text: string): string {
  return text.replace(/\b(0oa|00g|00p|rst|ocs|00u|aus)\w{17}\b/g, (id) => ids.get(id) ?? id);
}

describe.skipIf(!existsSync(folder))("answers as a real org did, in the recording", () => {
  test.each(recordings)("%s", async (name) => {
    const exchanges = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as readonly Exchange[];
    const ids = new Map<string, string>();
    for (const exchange of exchanges) {
      const { method, path, body, response } = exchange;
      if (/\.well-known|\/users/.test(path)) continue;
      // Policies differ from org to org: those of the same sort stand for the recorded ones.
      if (path.includes("/api/v1/policies") && method === "GET") {
        const here = (await call(at, method, path)).json as Policy[];
        for (const recorded of response as Policy[]) {
          const counterpart = here.find((policy) => sortOf(policy) === sortOf(recorded));
          if (counterpart === undefined) throw new Error(`the sandbox has no policy that is ${sortOf(recorded)}`);
          const { description: _description, ...plain } = recorded;
          const { description: _here, ...shown } = counterpart;
          expect(shape(shown).sort(), `${method} ${path}`).toEqual(shape(plain).sort());
          ids.set(recorded.id, counterpart.id);
        }
        continue;
      }
      const sent = body === null ? undefined : JSON.parse(translate(ids, JSON.stringify(body)));
      const here = await call(at, method, translate(ids, path), sent);
      const what = `${method} ${path}`;
      // For answers with a field `status` the recording holds that instead of the code; all of those succeeded.
      expect(here.status, what).toBe(typeof exchange.status === "number" ? exchange.status : 200);
      learn(ids, response, here.json);
      const seen = new Set(shape(here.json ?? null));
      const expected = new Set(shape(response));
      const differences = [
        ...[...expected].filter((line) => !seen.has(line)).map((line) => `missing ${line}`),
        ...[...seen].filter((line) => !expected.has(line)).map((line) => `extra ${line}`),
      ].filter((line) => !allowed.some((pattern) => pattern.test(line.replace(/^\w+ /, ""))));
      expect(differences, what).toEqual([]);
    }
  });
});
