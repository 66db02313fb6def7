import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { presetNames } from "../../src/desired/preset.ts";

// What is known of a product is data of its preset. Code that asks for a preset's name, or knows a vendor's host, would
// be a second place for it.

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Where such knowledge belongs: the presets, and what talks to the very vendor's own API. */
const data = /^src\/(?:desired\/(?:presets\/|issuer\.ts$)|idp\/|vendor\/)/;

const files = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path: relative(root, path).split(sep).join("/"), text: readFileSync(path, "utf8") }));

// okta and auth0 are kinds of our own identity providers too, which code may well ask for.
const names = presetNames.filter((name) => name !== "okta" && name !== "auth0").join("|");
const patterns = [
  // preset.name === "…", preset?.name !== other, switch (preset.name), preset === "…"
  /\bpreset\??\.name\s*[!=]==?|[!=]==?\s*(?:\w+\.)*preset\??\.name\b|switch\s*\([^)]*\bpreset(?:\??\.name)?\s*\)/,
  /\bpreset\s*[!=]==?\s*["'`]/,
  new RegExp(
    `[!=]==?\\s*["'\`](?:${names})["'\`]|["'\`](?:${names})["'\`]\\s*[!=]==?|case\\s+["'\`](?:${names})["'\`]`,
  ),
  // A vendor's host in a regular expression: with its dot escaped.
  /(?:okta(?:preview|-emea)?|auth0|microsoftonline|google|googleapis|amazonaws|amazoncognito|onelogin|salesforce|jumpcloud|windows|pingone)\\\.(?:com|net|us|cn|eu)/,
  /(?:microsoftonline|oktapreview|amazoncognito|onelogin|jumpcloud|pingone)[|)\\]/,
  // A vendor's host that something is compared with.
  /\.(?:startsWith|endsWith|includes|match|search)\(\s*["'`/][^"'`]*(?:okta\.com|auth0\.com|microsoftonline|sts\.windows|google\.|amazonaws|amazoncognito|onelogin|salesforce|jumpcloud|pingone|\/realms|\/adfs|\/application\/o)/,
];

/** Code without its comments; texts stay, because hosts stand in them. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

function breaches(text: string): readonly string[] {
  return withoutComments(text)
    .split("\n")
    .filter((line) => patterns.some((pattern) => pattern.test(line)))
    .map((line) => line.trim());
}

test("no code outside the presets asks which product it is", () => {
  expect(files.length).toBeGreaterThan(100);
  const found = files
    .filter(({ path }) => !data.test(path))
    .flatMap(({ path, text }) => breaches(text).map((line) => `${path}: ${line}`));
  expect(found).toEqual([]);
});

describe("the search finds", () => {
  test.each([
    'if (preset.name === "hydra") return 1;',
    "if (context.preset?.name !== other) return 1;",
    "switch (context.preset.name) {",
    'if (subject.preset === "okta") {',
    'return name === "entra-id" ? 1 : 2;',
    'case "keycloak":',
    "const wants = /(?:^|\\.)okta\\.com$/;",
    "issuer: /^https:\\/\\/accounts\\.google\\.com$/,",
    'if (named.startsWith("https://sts.windows.net/")) {',
    'return host.endsWith(".auth0.com");',
    'if (issuer.includes("/realms/")) return 1;',
    "if (/(^|\\.)(microsoftonline|windows)\\./.test(host)) {",
  ])("%s", (line) => {
    expect(breaches(line)).toEqual([line]);
  });

  test.each([
    'if (source.kind === "okta") {',
    'mend: "Write the issuer, such as https://acme.okta.com.",',
    "// named.startsWith(okta.com)",
    "const { preset } = context;",
    "switch (context.preset?.probes.promptNone) {",
    "preset: context.preset.name,",
  ])("nothing in %s", (line) => {
    expect(breaches(line)).toEqual([]);
  });
});
