// docs/capabilities.md: what each kind of app can express, from the kinds themselves.
import { type Capability, type CapabilityField, capabilityFields, type Expression } from "../src/desired/app-kind.ts";
import { type AnyAppKind, kindOfApp } from "../src/desired/app-kinds.ts";
import { appKindNames } from "../src/workspace/app.ts";
import { type AppSample, appSamples } from "./app-samples.ts";

const fields: Readonly<Record<CapabilityField, string>> = {
  name: "the customer's name",
  domains: "e-mail domains that lead to the sign-in",
  issuer: "",
  endpoints: "endpoints said one by one, where there is no discovery document",
  clientId: "",
  clientSecret: "",
  clientAuth: "",
  redirectUri: "",
  scopes: "",
  pkce: "",
  responseMode: "",
  acrValues: "what is asked for by `acr_values`",
  extraParams: "further parameters of the authorization request",
  claims: "which claim fills what",
  roles: "roles from a claim",
  require: "claims that a person must have",
  provision: "accounts made at the first sign-in, updated at each",
  endSession: "sign-out at the identity provider too",
  session: "how long a session lasts",
  suspended: "nobody comes in, and nothing is lost",
};

const words: Readonly<Record<Expression, string>> = {
  applied: "applied",
  manual: "by hand",
  cannot: "cannot",
  app: "its own",
};

const meanings: Readonly<Record<Expression, string>> = {
  applied: "Tenantry writes it, reads it back and shows drift",
  manual: "a person sets it there; `plan` and `status` print the step",
  cannot: "the app has no place for it: anything but the default is refused, with its position (`RULE_APP_CANNOT`)",
  app: "the app decides it itself, whatever the file says",
};

const gates: Readonly<Record<AnyAppKind["gate"], string>> = {
  staged: "staged: a pending record lets nobody in",
  atomic: "atomic: one write makes it live, after the proof at the identity provider",
};

const callbacks: Readonly<Record<ReturnType<AnyAppKind["callback"]>, string>> = {
  computed: "known from the files",
  afterRecord: "handed out with the record",
};

const secrets: Readonly<Record<ReturnType<AnyAppKind["secret"]>, string>> = {
  sealed: "sealed in the record",
  sink: "put into the sink, referred to by the record",
  written: "written into the record",
  byHand: "set by a person",
};

const locks: Readonly<Record<ReturnType<AnyAppKind["lockScope"]>, string>> = {
  record: "the record",
  tenant: "all of the tenant there",
  app: "one object of the whole app",
};

/** The page, from the kinds. */
export function capabilitiesPage(): string {
  const kinds = appKindNames.map((kind) => kindOfApp({ kind }));
  const samples = new Map(
    appKindNames.map((kind) => [kind as string, appSamples().filter(({ app }) => app.kind === kind)]),
  );
  const of = ({ kind }: AnyAppKind): readonly AppSample[] => samples.get(kind) ?? [];
  return `${[
    "# What each app can express",
    "",
    "Generated from `src/desired/apps/` by `npm run generate`. The same data decides what `validate` refuses, what a plan",
    "compares and which steps it prints. What a kind does not list, it cannot.",
    "",
    "| Word | Meaning |",
    "| --- | --- |",
    ...(Object.keys(words) as Expression[]).map((as) => `| ${words[as]} | ${meanings[as]} |`),
    "",
    "## Fields",
    "",
    row(["Field", ...kinds.map(({ kind }) => `[\`${kind}\`](#${kind})`)]),
    row(["---", ...kinds.map(() => "---")]),
    ...capabilityFields.map((field) =>
      row([
        fields[field] === "" ? `\`${field}\`` : `\`${field}\`: ${fields[field]}`,
        ...kinds.map(({ capability }) => words[capability[field].as]),
      ]),
    ),
    "",
    "## How a record gets there",
    "",
    row(["", ...kinds.map(({ kind }) => `\`${kind}\``)]),
    row(["---", ...kinds.map(() => "---")]),
    row(["Gate", ...kinds.map(({ gate }) => gate)]),
    row(["Callback", ...kinds.map((kind) => each(of(kind), ({ app }) => callbacks[kind.callback(app)]))]),
    row(["Secret", ...kinds.map((kind) => each(of(kind), ({ app }) => secrets[kind.secret(app)]))]),
    row(["Lock", ...kinds.map((kind) => each(of(kind), ({ app }) => locks[kind.lockScope(app)]))]),
    row(["The tenant has something of its own there", ...kinds.map(({ tenantRow }) => (tenantRow ? "yes" : "no"))]),
    "",
    ...Object.entries(gates).map(([, meaning]) => `- ${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`),
    "",
    ...kinds.flatMap((kind) => section(kind)),
  ]
    .join("\n")
    .trimEnd()}\n`;
}

/** What holds for all samples, or what each of them gives. */
function each(samples: readonly AppSample[], say: (sample: AppSample) => string): string {
  const said = samples.map((sample) => ({ when: sample.when, text: say(sample) }));
  const texts = [...new Set(said.map(({ text }) => text))];
  if (texts.length === 1) return texts[0] ?? "";
  return texts
    .map((text) => `${text} (${said.flatMap((one) => (one.text === text ? [one.when] : [])).join(", ")})`)
    .join("; ");
}

function section({ kind, capability }: AnyAppKind): readonly string[] {
  const noted = capabilityFields.filter((field) => capability[field].note !== undefined);
  if (noted.length === 0) return [`## ${kind}`, "", "Everything as the model has it.", ""];
  return [
    `## ${kind}`,
    "",
    "| Field | | Where, or why not |",
    "| --- | --- | --- |",
    ...noted.map((field) => row([`\`${field}\``, ...cells(capability[field])])),
    "",
  ];
}

function cells({ as, note = "" }: Capability): readonly string[] {
  return [words[as], note];
}

function row(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`;
}
