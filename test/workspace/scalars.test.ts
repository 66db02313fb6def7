import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDuration } from "../../src/workspace/duration.ts";
import { nearest } from "../../src/workspace/nearest.ts";
import { parseReference } from "../../src/workspace/reference.ts";
import {
  databaseAddress,
  dnsServer,
  hostName,
  httpsBase,
  isoDate,
  issuerUrl,
  privateTarget,
  proxyAddress,
  slug,
} from "../../src/workspace/scalars.ts";

describe("durations", () => {
  test("a number and a unit are milliseconds", () => {
    expect(["10s", "5m", "24h", "30d"].map(parseDuration)).toEqual([10_000, 300_000, 86_400_000, 2_592_000_000]);
    const unit = fc.constantFrom(["s", 1_000] as const, ["m", 60_000] as const, ["h", 3_600_000] as const);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), unit, (count, [name, length]) => {
        expect(parseDuration(`${count}${name}`)).toBe(count * length);
      }),
    );
  });

  test("everything else is none", () => {
    const wrong = ["", "0s", "01s", "10", "10 s", "s", "-1s", "1.5h", "1w", "10S", "10s\n", "1234567s", "٣s", "1e3s"];
    expect(wrong.filter((text) => parseDuration(text) !== undefined)).toEqual([]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!/^[1-9][0-9]{0,5}[smhd]$/.test(text)) expect(parseDuration(text)).toBeUndefined();
      }),
    );
  });
});

test("what may be private is an address, a range, or a host with or without a port", () => {
  const right = [
    "10.0.0.0/8",
    "10.0.0.5:8443",
    "fd00::/8",
    "[fd00::1]:8443",
    "[fd00::1]",
    "idp.corp.example",
    "sso:8443",
  ];
  const wrong = [
    ...["https://idp.corp.example", "*.corp.example", "idp.corp.example/x", "[fd00::1", "user@idp", ""],
    ...["10.0.0.0/33", "fd00::/129"],
  ];
  expect(right.filter((text) => !privateTarget.safeParse(text).success)).toEqual([]);
  expect(wrong.filter((text) => privateTarget.safeParse(text).success)).toEqual([]);
});

test("a DNS server is an address, with a port if need be, and never a name", () => {
  const right = ["192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]", "[2001:db8::53]:5353", "::1"];
  expect(right.filter((text) => !dnsServer.safeParse(text).success)).toEqual([]);
  const wrong = [
    ...["", "dns.example", "192.0.2", "192.0.2.256", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536"],
    ...["[192.0.2.53]:53", "[2001:db8::53", "2001:db8::53]:53", "192.0.2.53:53:53", "192.0.2.53 ", "http://192.0.2.53"],
  ];
  expect(wrong.filter((text) => dnsServer.safeParse(text).success)).toEqual([]);
});

test("a proxy is an http or https URL of a host and a port, and holds no password", () => {
  const right = [
    "http://proxy.example:3128",
    "https://proxy.example",
    "http://10.0.0.1:8080/",
    "http://[fd00::1]:3128",
  ];
  const wrong = [
    "proxy.example:3128",
    "socks5://proxy.example",
    "http://user:pass@proxy.example",
    "http://p.example/x",
  ];
  expect(right.filter((text) => !proxyAddress.safeParse(text).success)).toEqual([]);
  expect(wrong.filter((text) => proxyAddress.safeParse(text).success)).toEqual([]);
});

describe("the nearest known word", () => {
  const known = ["groups", "everyone", "clientAuth", "responseMode", "scopes"];

  test.each([
    ["gruops", "groups"],
    ["group", "groups"],
    ["Everyone", "everyone"],
    ["clientauth", "clientAuth"],
    ["client_auth", "clientAuth"],
    ["response-mode", "responseMode"],
    ["scope", "scopes"],
  ])("%s was meant as %s", (word, meant) => expect(nearest(word, known)).toBe(meant));

  test.each(["", "idp", "zzzzzz", "groupsgroupsgroups"])("nothing is near %s", (word) =>
    expect(nearest(word, known)).toBeUndefined(),
  );

  test("a known word is nearest to itself, and what is given is one of the known", () => {
    const words = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, fc.nat(), (all, pick) => {
        const word = all[pick % all.length] ?? "";
        expect(nearest(word, all)).toBe(word);
      }),
    );
    fc.assert(
      fc.property(words, fc.string(), (all, word) => {
        const found = nearest(word, all);
        if (found !== undefined) expect(all).toContain(found);
      }),
    );
  });

  test("one letter more, less, other or two swapped is near", () => {
    const word = fc.stringMatching(/^[a-z]{4,10}$/);
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom("insert", "delete", "replace", "swap"), (text, at, how) => {
        const i = at % (text.length - 1);
        const [left, right] = [text.slice(0, i), text.slice(i)];
        const changed = {
          insert: `${left}x${right}`,
          delete: left + right.slice(1),
          replace: `${left}x${right.slice(1)}`,
          swap: left + (right[1] ?? "") + (right[0] ?? "") + right.slice(2),
        }[how];
        expect(nearest(changed ?? "", [text])).toBe(text);
      }),
    );
  });

  test("a very long word costs nothing", () => {
    expect(nearest("x".repeat(1_000_000), known)).toBeUndefined();
  });
});

describe("references", () => {
  test("env and file are known", () => {
    expect(parseReference("env:TENANT_ACME__SECRET")).toEqual({
      scheme: "env",
      name: "TENANT_ACME__SECRET",
      text: "env:TENANT_ACME__SECRET",
    });
    expect(parseReference("file:a/b.pem")).toEqual({ scheme: "file", path: "a/b.pem", text: "file:a/b.pem" });
  });

  test.each([
    "",
    "env:",
    "env:1A",
    "env:A-B",
    "env:A B",
    "file:",
    "file:../a",
    "file:a/../b",
    "file:a\\..\\b",
    "file:\0",
    "ENV:A",
    "secret",
  ])("%j is none", (text) => expect(parseReference(text)).toBeUndefined());

  test.each([
    ["vault:kv/acme/sso#client_secret", { scheme: "vault", mount: "kv", path: "acme/sso", field: "client_secret" }],
    ["op://Sign In/acme/secret", { scheme: "op", vault: "Sign In", item: "acme", field: "secret" }],
    ["op://sso/acme/oidc/secret", { scheme: "op", vault: "sso", item: "acme", section: "oidc", field: "secret" }],
    ["aws-sm:sso/acme", { scheme: "aws-sm", name: "sso/acme" }],
    ["aws-sm:sso/acme#secret", { scheme: "aws-sm", name: "sso/acme", field: "secret" }],
    ["gcp-sm:projects/acme-sso/secrets/acme_s", { scheme: "gcp-sm", project: "acme-sso", secret: "acme_s" }],
    [
      "gcp-sm:projects/123456789012/secrets/s/versions/7",
      { scheme: "gcp-sm", project: "123456789012", secret: "s", version: "7" },
    ],
  ])("%s is known, in parts", (text, parts) => expect(parseReference(text)).toEqual({ ...parts, text }));

  test.each([
    ...[
      "vault:",
      "vault:kv",
      "vault:kv#a",
      "vault:kv/a",
      "vault:kv/a#",
      "vault:/a#b",
      "vault:kv//a#b",
      "vault:kv/a/#b",
    ],
    ...["vault:kv/../sys#b", "vault:kv/..#b", "vault:kv/a/../../b#c", "vault:kv/./a#b", "vault:kv/%2e%2e/a#b"],
    ...[
      "vault:kv/a#b#c",
      "vault:kv/a?version=1#b",
      "vault:kv/a b#c",
      "vault:kv/{{a}}#b",
      "vault:kv/a\n#b",
      "Vault:kv/a#b",
    ],
    ...[
      "op:",
      "op://",
      "op://a",
      "op://a/b",
      "op://a/b/c/d/e",
      "op://a//b",
      "op://../a/b",
      "op://a/../b",
      "op://a/b/c?x=y",
    ],
    ...["op://a/b /c", "op://a/ b/c", "op:///a/b", "op:a/b/c", "op://a/b/$c"],
    ...["aws-sm:", "aws-sm:/a", "aws-sm:a//b", "aws-sm:a/", "aws-sm:a#", "aws-sm:a#b#c", "aws-sm:../a", "aws-sm:a b"],
    ...["aws-sm:arn:aws:secretsmanager:eu-central-1:123456789012:secret:a-AbCdEf", "aws-sm:a*"],
    ...["gcp-sm:", "gcp-sm:a", "gcp-sm:projects/p/secrets/s", "gcp-sm:projects/acme-sso/secrets/a/b"],
    ...[
      "gcp-sm:projects/acme-sso/secrets/a/versions/0",
      "gcp-sm:projects/acme-sso/secrets/a/versions/",
      "gcp-sm:projects/../secrets/a",
    ],
    `vault:kv/${"a".repeat(500)}#b`,
  ])("%j is none", (text) => expect(parseReference(text)).toBeUndefined());

  test("what is filled into a reference cannot lead anywhere else: every part comes back as it went in", () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/).filter((text) => !text.includes(".."));
    fc.assert(
      fc.property(part, fc.array(part, { minLength: 1, maxLength: 4 }), part, (mount, path, field) => {
        const text = `vault:${mount}/${path.join("/")}#${field}`;
        expect(parseReference(text)).toEqual({ scheme: "vault", mount, path: path.join("/"), field, text });
      }),
    );
  });

  test("hostile text is never taken for a reference of a manager, unless it is its own one spelling", () => {
    const hostile = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("..", "/", "#", "%2f", "\\"));
    const scheme = fc.constantFrom("vault:kv/a", "op://a/b/c", "aws-sm:a", "gcp-sm:projects/acme-sso/secrets/a");
    fc.assert(
      fc.property(scheme, hostile, hostile, (start, one, two) => {
        const found = parseReference(`${start}${one}/${two}`);
        if (found === undefined) return;
        expect(found.text).toBe(`${start}${one}/${two}`);
        expect(found.text).toMatch(/^[A-Za-z0-9_.:/#+=@ -]+$/);
        expect(found.text).not.toMatch(/\.\.|\/\/(?!a\/b)/);
      }),
    );
  });
});

describe("small values", () => {
  const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, texts: readonly string[]) =>
    texts.filter((text) => schema.safeParse(text).success);

  test("dates are of the calendar", () => {
    expect(accepts(isoDate, ["2028-02-29", "2027-12-31"])).toHaveLength(2);
    expect(
      accepts(isoDate, ["2027-02-29", "2027-02-31", "2027-04-31", "2027-13-01", "2027-1-1", "27-01-01", "2027-00-10"]),
    ).toEqual([]);
  });

  test("host names are lower case A-labels with a letter at the end", () => {
    expect(accepts(hostName, ["acme.okta.com", "xn--mller-kva.example", "a.b", "1.example"])).toHaveLength(4);
    expect(
      accepts(hostName, [
        "acme",
        "Acme.example",
        "müller.example",
        "acme.example.",
        "-a.example",
        "a-.example",
        "10.0.0.1",
        "a..b",
        "a_b.example",
        "a.example:443",
        `${"a".repeat(64)}.example`,
        "acme.example\n",
      ]),
    ).toEqual([]);
  });

  test("a base address is in its normal form", () => {
    expect(
      accepts(httpsBase, ["https://a.example", "https://a.example:8443", "https://a.example/app", "https://127.0.0.1"]),
    ).toHaveLength(4);
    expect(
      accepts(httpsBase, [
        "http://a.example",
        "https://a.example/",
        "https://a.example:443",
        "https://a.example/a/../b",
        "https://a.example/./b",
        "https://127.1",
        "https://0x7f.0.0.1",
        "https://a.example:99999",
        "https://a.example?x",
        "https://u@a.example",
        "https://A.example",
        "https://",
      ]),
    ).toEqual([]);
  });

  test("a database is SQLite, PostgreSQL without a password, or a reference that parses", () => {
    const right = [
      "sqlite:a.db",
      "env:A",
      "file:a/url",
      "postgres://h/db",
      "postgresql://user@h:5432/db?sslmode=require",
    ];
    expect(accepts(databaseAddress, right)).toEqual(right);
    expect(
      accepts(databaseAddress, [
        "mysql://h/db",
        "env:A B",
        "file:../a",
        "sqlite:",
        "a.db",
        "postgres://user:pw@h/db",
        "postgres://:pw@h/db",
        "postgres://h/db?user=u&password=pw",
      ]),
    ).toEqual([]);
  });

  test("an issuer is https, without query, fragment and password, and not another URL", () => {
    const right = [
      "https://id.acme.example",
      "https://acme.eu.auth0.com/",
      "https://id.acme.example:8443/realms/staff",
      // WSO2's own issuer looks like an endpoint.
      "https://id.acme.example/oauth2/token",
      "https://accounts.google.com",
    ];
    expect(accepts(issuerUrl, right)).toEqual(right);
    expect(
      accepts(issuerUrl, [
        "http://id.acme.example",
        "https://id.acme.example?x",
        "https://id.acme.example#x",
        "https://user:pw@id.acme.example",
        "https://ID.acme.example",
        "https://id.acme.example/.well-known/openid-configuration",
        "https://id.acme.example/.well-known/oauth-authorization-server/tenant",
        "https://id.acme.example/oauth2/default/v1/authorize",
        "https://id.acme.example/oauth2/v2.0/token",
        "https://id.acme.example/realms/staff/protocol/openid-connect/auth",
        "https://id.acme.example/authorize",
      ]),
    ).toEqual([]);
  });

  test("the hint for another spelling never repeats a password", () => {
    const texts = ["https://user:s3cr3t@id.acme.example/authorize", "http://user:s3cr3t@id.acme.example"];
    for (const schema of [issuerUrl, hostName]) {
      for (const text of texts) expect(JSON.stringify(schema.safeParse(text).error?.issues)).not.toContain("s3cr3t");
    }
  });

  test("slugs hold no double hyphen and no underscore", () => {
    expect(accepts(slug, ["a", "a-b", "a1-b2-c3", "0", "a".repeat(50)])).toHaveLength(5);
    expect(accepts(slug, ["", "-a", "a-", "a--b", "a_b", "A", "ä", "a.b", "a/b", "a\n", "a".repeat(51)])).toEqual([]);
  });
});
