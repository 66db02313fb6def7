import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject } from "../../../src/vendor/json.ts";
import { literal, quoted, unsealed } from "../../../stacks/okta/literal.ts";
import { synthesizeOkta } from "../../../stacks/okta/okta-stack.ts";
import { elliptic, groupPart, input, key, registration } from "./cases.ts";
import { terraform, terraformFolder } from "./terraform-here.ts";

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: expressions of Terraform are what this is about

/** Texts that Terraform would evaluate, or cdktf would put something else in the place of. */
const hostile = [
  '${upper("x")}',
  "%{ if true }x%{ endif }",
  '${~ file("/etc/hosts") ~}',
  "$${x}",
  "$$${x}",
  "$$$${x}",
  "%%{x}",
  "$%{x}",
  "%${x}",
  "${${x}}",
  "${TfToken[TOKEN.0]}",
  "$${TfToken[TOKEN.0]}",
  "#{TfToken[TOKEN.1]}",
  "&{TfToken[TOKEN.2]}",
  "TfToken\uE000[TOKEN.0]",
  "\uE000\uE000\uE000",
  'a "quoted" \\ back\\slash \\b \\n',
  "tab\tline\nfeed\ffull\bend",
  "Université ☂ 𝕏",
];

test("the openings of expressions are doubled, and nothing else is touched", () => {
  expect(unsealed(literal("${a} %{b} $a %a {a} $ {a}"))).toBe("$${a} %%{b} $a %a {a} $ {a}");
  expect(unsealed(literal("$${a}"))).toBe("$$${a}");
});

test("what is sealed holds no token of cdktf, and comes out as it went in", () => {
  const pieces = fc.array(
    fc.constantFrom("TfToken[", "TfToken", "[", "TOKEN.0]", "}", "#{", "&{", "\uE000", "Tf", "Token", "x"),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(
      pieces.map((all) => all.join("")),
      (text) => {
        expect(literal(text)).not.toContain("TfToken[");
        expect(unsealed(literal(text))).toBe(text);
      },
    ),
    { examples: hostile.filter((text) => !/\$\{|%\{/.test(text)).map((text) => [text]) },
  );
});

test("no text of a file or of the org becomes an expression, nor another's value", () => {
  const tokens = Array.from({ length: 40 }, (_, at) => [`\${TfToken[TOKEN.${at}]}`, `#{TfToken[TOKEN.${at}]}`]).flat();
  const all = [...hostile, ...tokens];
  for (const text of all) {
    const own = key("whiterabbit/portal");
    const one = registration({
      label: text,
      clientId: text,
      redirectUris: [text],
      postLogoutRedirectUris: [text],
      accessPolicy: text,
      assignment: { everyone: false, groups: [text, `${text} made`], create: [`${text} made`] },
      parts: [groupPart(`${text} made`)],
      clientAuth: "private_key_jwt",
      clientKey: { ...elliptic, kid: text },
    });
    const stack = synthesizeOkta(
      input([one], {
        backend: { kind: "s3", settings: { key: text } },
        keptProfiles: new Map([[own, { note: text }]]),
        keptKeys: new Map([[own, [{ kty: "RSA", kid: `${text} kept`, e: text, n: text }]]]),
        keptGroups: new Map([[own, [text]]]),
        imports: [{ to: "okta_app_oauth.client_whiterabbit__portal", id: text }],
      }),
    );
    const texts = textsIn(JSON.parse(stack));
    for (const found of texts.filter((each) => !ours.test(each))) {
      expect(found.replaceAll(/\$\$\{|%%\{/g, ""), `in ${JSON.stringify(text)}`).not.toMatch(/\$\{|%\{/);
    }
    // Label, client id, two kinds of URI, two names, backend, a group's id and import: all that is the text and nothing else.
    const escaped = text.replaceAll(/\$\{|%\{/g, (opening) => `${opening[0]}${opening}`);
    expect(texts.filter((each) => each === escaped).length, JSON.stringify(text)).toBeGreaterThanOrEqual(9);
  }
});

/** The only expressions of a stack: references to its own objects, and what a look-up must have found. */
const ours =
  /^\$\{((data\.)?okta_\w+\.[\w-]+\.(id|client_id)|self\.name == "(\\.|[^"\\])*" && self\.\w+ [!=]= "\w+")\}$/s;

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

describe("what Terraform makes of a text is the text", () => {
  const outputs = async (texts: readonly string[], write: (text: string) => unknown): Promise<readonly string[]> => {
    const output = Object.fromEntries(texts.map((text, at) => [`t${at}`, { value: write(text) }]));
    const { write: writeFile, run } = terraformFolder();
    writeFile(JSON.stringify({ output }));
    await run("init", "-input=false");
    await run("apply", "-auto-approve", "-input=false");
    const read = JSON.parse(await run("output", "-json")) as Record<string, { value: string }>;
    return texts.map((_, at) => read[`t${at}`]?.value ?? "");
  };
  const composed = (texts: readonly string[]) => texts.map((text) => text.normalize("NFC"));
  const random = fc.sample(
    fc
      .array(fc.constantFrom("$", "%", "{", "}", "~", '"', "\\", "x", "${", "%{", "TfToken[", "\n", "é"), {
        maxLength: 9,
      })
      .map((pieces) => pieces.join("")),
    { seed: 7, numRuns: 300 },
  );
  const texts = [...hostile, ...random];

  test.skipIf(terraform === undefined)("as an argument (needs tofu or terraform)", async () => {
    expect(await outputs(texts, (text) => unsealed(literal(text)))).toEqual(composed(texts));
  });
  test.skipIf(terraform === undefined)("in an expression (needs tofu or terraform)", async () => {
    expect(await outputs(texts, (text) => `\${${String(unsealed(quoted(text)))}}`)).toEqual(composed(texts));
  });
});

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: expressions of Terraform are what this is about
