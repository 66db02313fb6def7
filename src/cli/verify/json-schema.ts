// The shape of what `tenantry verify --json` prints, for whoever reads it: published as schema/verify.schema.json.

const text = { type: "string" } as const;
const day = { type: "string", format: "date" } as const;
const time = { type: "string", format: "date-time" } as const;
const verdict = { enum: ["pass", "fail", "inconclusive", "skipped"] } as const;
const overall = { enum: ["pass", "attested", "fail", "inconclusive", "skipped"] } as const;

const record = (properties: Readonly<Record<string, unknown>>, required: readonly string[]) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const attested = record({ check: text, by: text, on: day, expires: day, reason: text }, [
  "check",
  "by",
  "on",
  "expires",
  "reason",
]);

const check = record(
  {
    id: { type: "string", pattern: "^[A-Z][0-9]+$", description: "docs/verify.md has a section for each." },
    link: { enum: ["discovery", "keys", "callback", "secret", "record", "app", "domain"] },
    title: text,
    level: { enum: ["must", "should", "policy"], description: "Only what is `must` decides." },
    verdict,
    code: { ...text, description: "Stable; docs/codes.md lists them." },
    message: text,
    expected: text,
    actual: text,
    hint: { ...text, description: "How to mend it." },
    note: { ...text, description: "What is known of the identity provider's product." },
    attested: { ...attested, description: "A person stands for what the check could not tell." },
    evidence: { type: "object", description: "Small facts: status, error code, hash of a body. Never a secret." },
  },
  ["id", "link", "title", "level", "verdict", "message", "evidence"],
);

const evidence = record(
  {
    key: text,
    specDigest: { type: "string", pattern: "^[0-9a-f]{64}$", description: "Absent without a workspace." },
    clientId: text,
    clientAuth: { ...text, description: "Without a workspace: how the client proves itself." },
    issuer: text,
    authorizationEndpoint: text,
    tokenEndpoint: text,
    jwksUri: text,
    secretFingerprint: { ...text, description: "Keyed; of the secret or private key that was proven." },
    secretCopy: { enum: ["idp", "record"], description: "Which copy of the secret was proven." },
    appSecret: { type: "boolean", description: "The deployed app itself showed that its copy is right (A9)." },
    controlledAt: { ...time, description: "When a wrong secret was refused for this client and secret." },
    ranFrom: text,
    at: time,
    verdict: overall,
    preset: text,
    checks: { type: "array", items: check },
  },
  ["key", "clientId", "issuer", "ranFrom", "at", "verdict", "checks"],
);

const position = record({ file: text, line: { type: "integer" }, column: { type: "integer" } }, [
  "file",
  "line",
  "column",
]);

const proof = {
  oneOf: [
    {
      ...record(
        {
          key: text,
          state: { enum: ["pending", "active"], description: "Of the record; absent without a workspace." },
          verdict: overall,
          evidence,
          position,
        },
        ["key", "verdict", "evidence"],
      ),
      description: "A connection that was looked at.",
    },
    {
      ...record(
        {
          key: text,
          verdict: { enum: ["skipped", "inconclusive"] },
          because: text,
          code: text,
          hint: text,
          provenAt: { ...time, description: "When it was proven, for one that --since skipped." },
          position,
        },
        ["key", "verdict", "because"],
      ),
      description: "A connection that was not looked at, and why.",
    },
  ],
};

const count = { type: "integer", minimum: 0 } as const;
const counts = ["pass", "attested", "fail", "inconclusive", "skipped"];

const failure = record(
  {
    version: { const: 1 },
    command: { const: "verify" },
    error: {
      type: "object",
      description: "Why there is no result: code, message, hint, exit, issues.",
      required: ["code", "message", "hint", "exit", "issues"],
    },
  },
  ["version", "command", "error"],
);

const result = record(
  {
    version: { const: 1 },
    command: { const: "verify" },
    environment: { ...text, description: "Absent without a workspace." },
    stopped: { type: "boolean", description: "The run ended before every connection had its turn." },
    summary: record(Object.fromEntries(counts.map((name) => [name, count])), counts),
    proofs: { type: "array", items: proof },
    notCovered: { ...text, description: "What was not proven, as sentences." },
  },
  ["version", "command", "stopped", "summary", "proofs", "notCovered"],
);

/** JSON Schema (draft 2020-12) of the document. Readers should take fields that they do not know. */
export const verifySchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Tenantry: what `tenantry verify --json` prints",
  oneOf: [result, failure],
} as const;
