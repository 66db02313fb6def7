// docs/mistakes.md: each mistake that files can hold, and the line that the user sees, taken from the golden cases.
import { readFileSync } from "node:fs";
import { TenantryError } from "../src/errors/failure.ts";
import { resolveReference } from "../src/secret/resolve.ts";

interface Row {
  readonly mistake: string;
  /** Folder under test/golden. */
  readonly golden: string;
  /** What the line holds; the first that does is shown. */
  readonly holds: string;
}

const row = (mistake: string, golden: string, holds: string): Row => ({ mistake, golden, holds });

const sections: readonly (readonly [heading: string, rows: readonly Row[]])[] = [
  [
    "The file itself",
    [
      row("YAML syntax", "106-not-yaml", "tenants/bracket.yaml"),
      row("a key twice", "106-not-yaml", "tenants/twice.yaml"),
      row("a tab", "106-not-yaml", "tenants/tab.yaml"),
      row("empty", "105-empty", "FILE_EMPTY"),
      row("two documents in one file", "107-several-documents", "FILE_SEVERAL_DOCUMENTS"),
      row("anchors and aliases", "108-aliases", "tenants/anchor-on-map.yaml"),
      row("a bomb of aliases", "108-aliases", "tenants/bomb.yaml"),
      row("nested too deeply", "127-nested-too-deeply", "tenants/maps.yaml"),
      row("5 MB", "102-too-large", "5898247"),
      row("not UTF-8", "103-not-utf8", "FILE_NOT_UTF8"),
      row("a byte order mark", "104-hidden-characters", "tenants/mark.yaml"),
      row("a control character", "104-hidden-characters", "tenants/terminal.yaml"),
      row("a control character, escaped", "104-hidden-characters", "tenants/escaped.yaml"),
      row("`${`, `%{` or `${{`", "109-templates", "FILE_TEMPLATE"),
      row("a link", "126-not-plain-files", "tenants/link.yaml"),
      row("the folder is a link", "128-folder-of-tenants-is-a-link", "FILE_UNREADABLE"),
      row("a folder named like a file", "126-not-plain-files", "tenants/folder.yaml"),
      row("cannot be read", "101-unreadable", "FILE_UNREADABLE"),
      row("another ending", "124-not-a-file", "whiterabbit.yml"),
      row("no tenant at all", "125-no-tenant", "TENANT_NONE"),
    ],
  ],
  [
    "Its shape",
    [
      row("an unknown key", "120-tenant-unknown-keys", "TENANT_UNKNOWN_KEY"),
      row("an unknown key of the workspace", "110-workspace-unknown-keys", "WORKSPACE_UNKNOWN_KEY"),
      row("a key of another kind", "119-environment-kinds", "authorizationServer"),
      row("a key in the wrong place", "154-misplaced-keys", "tenants/whiterabbit.yaml"),
      row("a missing key", "121-tenant-missing-keys", "TENANT_MISSING_KEY"),
      row("a wrong type", "122-tenant-wrong-values", "must be a list"),
      row("an unknown word", "122-tenant-wrong-values", "`status` must be"),
      row("a slug with two hyphens", "122-tenant-wrong-values", "`tenant` must be lower-case"),
      row("a slug that is not the file's name", "123-file-name", "TENANT_FILE_NAME"),
      row("neither `idp` nor `external`", "121-tenant-missing-keys", "must have either `idp`"),
      row("`idp` beside an org in place", "180-org-in-place", "must have either `idp`"),
      row("`groups` and `everyone`", "122-tenant-wrong-values", "must say who may come in once"),
      row("a domain in mixed case", "140-domain-spelling", "must be in lower case"),
      row("a domain with other letters", "140-domain-spelling", "A-labels"),
      row("an `@` before a domain", "140-domain-spelling", "tenants/redqueen.yaml:5:47"),
      row("the URL of a discovery document as issuer", "150-issuer-spelling", "tenants/redqueen.yaml"),
      row("an authorize URL as issuer", "150-issuer-spelling", "tenants/whiterabbit.yaml"),
      row("an issuer without https", "150-issuer-spelling", "tenants/hatter.yaml"),
      row("an endpoint without https", "150-issuer-spelling", "endpoints.authorization"),
      row("a secret in a tenant's file", "142-tenant-literal-secret", "TENANT_LITERAL_SECRET"),
      row("a secret in tenantry.yaml", "113-workspace-literal-secrets", "WORKSPACE_LITERAL_SECRET"),
      row("a reference that leaves its folder", "141-reference-forbidden", "must not hold `..`"),
      row("a pattern that reaches other tenants", "117-reference-patterns", "must close the tenant's name"),
      row("a key that does not fit its curve", "118-client-key", "must be the algorithm"),
      row("an engine of another kind", "157-engine-of-another-kind", "tenantry.yaml:8"),
      row("a backend that there is not", "158-terraform-backend", "unknown key `consul`"),
      row("two backends", "158-terraform-backend", "must name one backend"),
      row("one state for all tenants", "158-terraform-backend", "must hold `{tenant}`"),
      row("a placeholder that there is not", "158-terraform-backend", "but around a name"),
      row("a credential among a backend's settings", "158-terraform-backend", "s3.secret_key"),
      row("a password in a backend's address", "158-terraform-backend", "must not hold a password"),
      row("a version that is not exact", "159-terraform-settings", "must be one exact version"),
      row("a passphrase in tenantry.yaml", "159-terraform-settings", "WORKSPACE_LITERAL_SECRET"),
      row("no tenant at once", "159-terraform-settings", "`engines.terraform.parallelism` must be at least"),
      row("a time to wait that is none", "159-terraform-settings", "must be a duration"),
      row("a backend of Pulumi that there is not", "160-pulumi-settings", "tenantry.yaml:26"),
      row("a password in Pulumi's backend", "160-pulumi-settings", "must not hold a password"),
      row("an environment that does not exist", "114-unknown-environment", "WORKSPACE_UNKNOWN_ENVIRONMENT"),
    ],
  ],
  [
    "Two that clash",
    [
      row("one tenant in two files", "123-file-name", "RULE_TENANT_TAKEN"),
      row("one public id", "130-id-taken", "RULE_ID_TAKEN"),
      row("one domain", "131-domain-taken", "RULE_DOMAIN_TAKEN"),
      row("one callback", "132-callback-taken", "RULE_CALLBACK_TAKEN"),
      row("two sign-ins on one app without `{signIn}`", "132-callback-taken", "RULE_CALLBACK_SIGN_IN"),
      row("one client: issuer and client id", "138-client-taken", "tenants/whiterabbit.yaml"),
      row("one client on two apps", "138-client-taken", "tenants/cheshire.yaml"),
      row("a connection twice", "133-connection-twice", "RULE_CONNECTION_TWICE"),
      row("an issuer of two tenants, without `require`", "144-issuer-shared", "tenants/hatter.yaml"),
      row("an issuer of two tenants, with the same `require`", "144-issuer-shared", "asks for the same"),
      row("an Auth0 connection of two tenants", "155-connection-shared", "tenants/alice.yaml"),
      row("two identity providers in one state", "161-state-shared", "`{idp}`"),
      row("two environments in one state", "161-state-shared", "`{environment}`"),
      row("an org of two identity providers", "156-idp-twice", "tenantry.yaml:18"),
      row("an org in place that `tenantry.yaml` has", "180-org-in-place", "of tenantry.yaml already"),
      row("an org in place of two tenants", "180-org-in-place", "in place too"),
      row("an org in place twice in a file, with other settings", "180-org-in-place", "stands twice in the file"),
      row("an authorization server described in two ways", "181-named-servers", "RULE_SERVER_TWICE"),
    ],
  ],
  [
    "What it says",
    [
      row("an unknown identity provider", "134-unknown-names", "RULE_IDP_UNKNOWN"),
      row("an unknown app", "134-unknown-names", "RULE_APP_UNKNOWN"),
      row("an unknown sign-in", "134-unknown-names", "RULE_SIGN_IN_UNKNOWN"),
      row("an unknown environment", "134-unknown-names", "RULE_ENVIRONMENT_UNKNOWN"),
      row("a consumer domain", "139-consumer-domain", "RULE_DOMAIN_CONSUMER"),
      row("another tenant's reference", "141-reference-forbidden", "tenants/white.yaml"),
      row("the management key as reference", "141-reference-forbidden", "tenants/redqueen.yaml"),
      row("a host that no credential may go to", "180-org-in-place", "RULE_HOST_FORBIDDEN"),
      row("a client id in place by reference", "180-org-in-place", "the client id itself"),
      row("an authorization server that an engine cannot find", "181-named-servers", "RULE_SERVER_ENGINE"),
      row("an authorization server without its audience", "181-named-servers", "must have an `audience`"),
      row("roles by groups of a server that sends none", "181-named-servers", "made without a claim"),
      row("roles without the scopes that bring them", "182-roles-without-scopes", "RULE_CLAIM_NEVER_SENT"),
      row("no client authentication in common", "135-client-auth", "RULE_CLIENT_AUTH"),
      row(
        "a client authentication that the customer's product cannot do",
        "183-product-and-app-limits",
        "Amazon Cognito",
      ),
      row(
        "endpoints for an app that takes a discovery document only",
        "183-product-and-app-limits",
        "external.endpoints",
      ),
      row("`private_key_jwt` without a key", "143-client-key", "needs a key"),
      row("a key that the identity provider does not take", "143-client-key", "signs with ES256"),
      row("a key's name that it does not take", "143-client-key", "a `kid` that"),
      row("no secret and no PKCE", "153-pkce-missing", "RULE_PKCE_MISSING"),
      row("an issuer that everybody has, without `require`", "144-issuer-shared", "a Google account"),
      row("an issuer that is one of our own", "144-issuer-shared", "serves other tenants"),
      row("Entra ID's `common`", "145-issuer-of-nobody", "RULE_ISSUER_OF_NOBODY"),
      row("Okta's admin console as issuer", "172-issuer-mistaken", "admin console"),
      row("Entra ID's version 1 as issuer", "172-issuer-mistaken", "version 1"),
      row("Entra ID's issuer without its version", "172-issuer-mistaken", "no version"),
      row("a domain for the id of Entra ID's directory", "172-issuer-mistaken", "by a domain"),
      row("half of an issuer", "172-issuer-mistaken", "PingOne"),
      row("the domain of Cognito's sign-in pages as issuer", "172-issuer-mistaken", "sign-in pages"),
      row("an issuer without its final slash", "173-issuer-slash", "tenants/bill.yaml"),
      row("an issuer with a final slash too much", "173-issuer-slash", "tenants/alice.yaml"),
      row("an unknown preset", "170-preset-unknown", "tenants/alice.yaml"),
      row("a preset of another product than the issuer's", "171-preset-contradicts", "tenants/bill.yaml"),
      row("a preset of another kind than our own identity provider", "171-preset-contradicts", "tenants/cheshire.yaml"),
      row("`groups` as a scope where it is refused", "174-groups-scope", "tenants/alice.yaml"),
      row("a demand that never comes true", "175-claim-never-sent", "tenants/alice.yaml"),
      row("roles from a claim that never comes", "175-claim-never-sent", "tenants/bill.yaml"),
      row("a missing value of an external client", "146-external-missing", "external.clientSecret"),
      row("a field of another kind", "147-field-foreign", "RULE_FIELD_FOREIGN"),
      row("nothing says who may come in", "148-assignment-missing", "RULE_ASSIGNMENT_MISSING"),
      row("an organization's name that is too long", "149-organization-name", "Auth0 takes 50"),
      row("two display names for one organization", "149-organization-name", "two display names"),
      row("`offline_access` where it is refused", "151-offline-access", "RULE_SCOPE_REFUSED"),
      row("a groups claim that will not come", "136-groups-claim", "RULE_GROUPS_CLAIM"),
      row("idle for longer than a session lasts", "152-session", "RULE_SESSION"),
      row("`deleteAfter` on who stays", "137-delete-after", "RULE_DELETE_AFTER"),
      row("an attestation of a check that there is not", "176-attestations", "RULE_ATTEST_CHECK"),
      row("an attestation that ends before it begins", "176-attestations", "RULE_ATTEST_DATES"),
      row("two attestations of one check", "176-attestations", "RULE_ATTEST_TWICE"),
      row("Pulumi without a passphrase", "162-passphrase-missing", "tenantry.yaml:13"),
      row("wrong in another environment only", "129-other-environments", "RULE_APP_UNKNOWN"),
      row("what an app has no place for", "185-app-mistakes", "`session` cannot"),
      row("a block for another kind of app", "185-app-mistakes", "RULE_APP_ENTRY"),
      row("two tenants on one route", "185-app-mistakes", "RULE_APP_NAME_TAKEN"),
      row("an Auth0 app of no Auth0 tenant", "186-app-idp", "custmers"),
      row("a sink that nothing is put into", "187-sinks", "RULE_SINK_UNUSED"),
      row("two secrets in one place", "187-sinks", "RULE_SINK_SHARED"),
    ],
  ],
];

/**
 * The page, from the golden cases of the repository at `root`.
 *
 * @throws Error when a case holds no such line
 */
export function mistakesPage(root: URL): string {
  const lines = [
    "# Mistakes",
    "",
    "Generated from the golden cases under [test/golden](../test/golden) by `npm run generate`. `tenantry validate` finds",
    "all of them in one run, without network and without secrets, and prints them sorted. Below each line it says how to",
    "mend it, and where two places clash, the other place. [codes.md](codes.md) says why each code exists.",
    "",
  ];
  for (const [heading, rows] of sections) {
    lines.push(`## ${heading}`, "", "| Mistake | What the user sees | Case |", "| --- | --- | --- |");
    for (const { mistake, golden, holds } of rows) {
      const number = golden.slice(0, 3);
      lines.push(
        `| ${mistake} | ${code(lineOf(root, golden, holds))} | [${number}](../test/golden/${golden}/issues.txt) |`,
      );
    }
    lines.push("");
  }
  lines.push(
    "## When it is needed",
    "",
    "A reference is looked up when something is done with its secret, and not before:",
    "",
    "```",
    unresolved(),
    "```",
  );
  return `${lines.join("\n")}\n`;
}

function lineOf(root: URL, golden: string, holds: string): string {
  const issues = readFileSync(new URL(`test/golden/${golden}/issues.txt`, root), "utf8").split("\n");
  const found = issues.find((line) => /^\S+:\d+:\d+ {2}[A-Z]/.test(line) && line.includes(holds));
  if (found === undefined) throw new Error(`${golden} has no line with ${holds}`);
  return found.replace(/ {2}/g, " ");
}

function unresolved(): string {
  const name = "TENANT_WHITERABBIT__CLIENT_SECRET";
  const use = "the client secret of whiterabbit/portal (tenants/whiterabbit.yaml:19)";
  const source = { environment: {}, readFile: () => undefined };
  try {
    resolveReference({ scheme: "env", name, text: `env:${name}` }, source, use);
  } catch (error) {
    if (error instanceof TenantryError) return `${error.code}  ${error.message}`;
  }
  throw new Error("a reference to nothing resolves");
}

/** A code span that may hold backticks, in a cell of a table. */
function code(text: string): string {
  return `\`\` ${text.replaceAll("|", "\\|")} \`\``;
}
