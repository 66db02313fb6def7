import { describe, expect, test } from "vitest";
import { createRedactor } from "../../src/secret/redact.ts";
import { parsePostgresUrl, secretsOfUrl } from "../../src/store/postgres-url.ts";

function read(url: string) {
  const location = parsePostgresUrl(url);
  if (location.kind === "unusable") return location.problem;
  const { password, ...rest } = location;
  return { ...rest, password: password?.reveal() };
}

describe("an address of PostgreSQL", () => {
  test("says where the database is and who comes in", () => {
    expect(read("postgres://ann:s%40cret@db.example:6432/portal?application_name=x&connect_timeout=3")).toEqual({
      kind: "postgres",
      host: "db.example",
      port: 6432,
      database: "portal",
      user: "ann",
      password: "s@cret",
      tls: "verify-full",
      rootCertificate: undefined,
      applicationName: "x",
      options: undefined,
      connectTimeout: 3_000,
    });
    expect(read("postgresql://db.example/portal?options=-c%20search_path%3Dsso")).toMatchObject({
      port: 5432,
      user: undefined,
      password: undefined,
      applicationName: "tenantry",
      options: "-c search_path=sso",
      connectTimeout: 10_000,
    });
  });

  test.each([
    ["postgres://db.example/portal", "verify-full"],
    ["postgres://10.0.0.7/portal", "verify-full"],
    ["postgres://127.example.com/portal", "verify-full"],
    ["postgres://localhost/portal", "disable"],
    ["postgres://127.0.0.1:5433/portal", "disable"],
    ["postgres://[::1]/portal", "disable"],
    ["postgres:///portal?host=/var/run/postgresql", "disable"],
    ["postgres://db.example/portal?sslmode=disable", "disable"],
    ["postgres://db.example/portal?sslmode=require", "require"],
    ["postgres://db.example/portal?sslmode=require&sslrootcert=ca.pem", "verify-ca"],
    ["postgres://localhost/portal?sslmode=verify-full", "verify-full"],
  ])("%s goes over TLS by %s", (url, tls) => {
    expect(read(url)).toMatchObject({ tls });
  });

  test.each([
    ["postgres://ann:hun#ter2@db.example/portal", "holds a `#`"],
    ["postgres://ann:12#ter2@db.example/portal", "holds a `#`"],
    ["postgres://ann:hun/ter2@db.example/portal", "is no URL"],
    ["postgres://ann:12/ter2@db.example/portal", "names no database"],
    ["postgres://ann:12?ter2@db.example/portal", "has a parameter that is not known"],
    ["postgres://ann:hun%zzter2@db.example/portal", "holds a `%`"],
    ["postgres://ann:hunter2@db.example", "names no database"],
    ["postgres://ann:hunter2@db.example/", "names no database"],
    ["postgres://ann:hunter2@/portal", "is no URL"],
    ["postgres:///portal", "does not name one host"],
    ["postgres://a.example,b.example/portal", "does not name one host"],
    ["postgres://db.example/portal?sslmode=prefer", "has an `sslmode`"],
    ["postgres://db.example/portal?sslmode=require&sslmode=disable", "has a parameter twice"],
    ["postgres://db.example/portal?connect_timeout=0", "has a `connect_timeout`"],
    ["postgres://db.example/portal?target_session_attrs=any", "has a parameter that is not known"],
  ])("%s is not used, and no part of it is told", (url, problem) => {
    const said = read(url);
    expect(said).toEqual(expect.stringContaining(problem));
    expect(said).not.toMatch(/hun|ter2|12|db\.example/);
  });
});

test("a relative file of certificates is looked for below the workspace", () => {
  const at = (path: string) => parsePostgresUrl(`postgres://db.example/portal?sslrootcert=${path}`, "/srv/tenants");
  expect(at("ca.pem")).toMatchObject({ rootCertificate: "/srv/tenants/ca.pem" });
  expect(at("/etc/ca.pem")).toMatchObject({ rootCertificate: "/etc/ca.pem" });
});

describe("the redactor", () => {
  test.each([
    ["postgres://ann:s%40cret%20word@db.example/portal", ["s@cret word", "s%40cret%20word"]],
    ["postgres://ann:hun#ter2@db.example/portal", ["hun#ter2"]],
    ["postgres://ann:hun/t@er2@db.example/portal", ["hun/t@er2"]],
    ["postgresql://:only-a-password@db.example/portal", ["only-a-password"]],
    ["POSTGRES://ann:hunter2@db.example/portal", ["hunter2"]],
  ])("learns the password of %s, in every spelling, and the address", (url, spellings) => {
    const redactor = createRedactor(secretsOfUrl(url));
    for (const text of [...spellings, url]) {
      expect(redactor.redact(`it said: ${text}.`)).toBe("it said: [secret].");
      expect(redactor.redact(`${Buffer.from(`x${text}`).toString("base64")}`)).toContain("[secret]");
    }
    expect(redactor.redact("The database portal on db.example is read-only.")).not.toContain("[secret]");
  });

  test.each(["sqlite:portal.db", "postgres://db.example/portal", "postgres://ann@db.example/portal", "text"])(
    "learns nothing of %s",
    (url) => {
      expect(secretsOfUrl(url)).toEqual([]);
    },
  );
});
