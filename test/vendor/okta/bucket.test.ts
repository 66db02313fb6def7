import { expect, test } from "vitest";
import { oktaBucket } from "../../../src/vendor/okta/bucket.ts";

test.each([
  ["/api/v1/apps", "/api/v1/apps"],
  ["/api/v1/apps?q=acme%2Fportal&limit=200", "/api/v1/apps"],
  ["/api/v1/apps/0oa1", "/api/v1/apps/{id}"],
  ["/api/v1/apps/0oa1/groups?limit=200", "/api/v1/apps"],
  ["/api/v1/apps/0oa1/lifecycle/deactivate", "/api/v1/apps"],
  ["/api/v1/apps/0oa1/credentials/secrets", "/api/v1/apps"],
  ["/api/v1/groups?search=x", "/api/v1/groups"],
  ["/api/v1/groups/00g1", "/api/v1/groups/{id}"],
  ["/api/v1/groups/00g1/apps", "/api/v1/groups"],
  ["/api/v1/policies?type=ACCESS_POLICY", "/api/v1"],
  ["/api/v1/appsettings", "/api/v1"],
  ["/oauth2/v1/token", "/oauth2/v1"],
])("%s counts against %s", (path, bucket) => {
  expect(oktaBucket(path)).toBe(bucket);
});
