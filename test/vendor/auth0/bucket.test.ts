import { expect, test } from "vitest";
import { auth0Bucket } from "../../../src/vendor/auth0/bucket.ts";

test.each([
  ["POST", "/oauth/token", "tokens"],
  ["GET", "/api/v2/clients", "read clients"],
  ["GET", "/api/v2/clients/abc?fields=name", "read clients"],
  ["GET", "/api/v2/clients/abc/connections", "read clients"],
  ["POST", "/api/v2/clients", "write clients"],
  ["DELETE", "/api/v2/clients/abc/credentials/cred_1", "write clients"],
  ["GET", "/api/v2/connections?name=x", "read connections"],
  ["PATCH", "/api/v2/connections/con_1/clients", "write connections"],
  ["GET", "/api/v2/organizations?page=0", "list organizations"],
  ["POST", "/api/v2/organizations", "write organizations"],
  ["GET", "/api/v2/organizations/name/fernhill", "read organizations"],
  ["PATCH", "/api/v2/organizations/org_1", "write organizations"],
  ["GET", "/api/v2/organizations/org_1/enabled_connections", "read organization connections"],
  ["DELETE", "/api/v2/organizations/org_1/enabled_connections/con_1", "write organization connections"],
  ["GET", "/api/v2/users", "read anything else"],
])("%s %s counts against `%s`", (method, path, bucket) => {
  expect(auth0Bucket(method, path)).toBe(bucket);
});
