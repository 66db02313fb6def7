import type { Code } from "../../errors/codes/index.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { ToolAnswer } from "../tool-process.ts";
import { type Diagnostic, diagnosticsInText, unframed, wordsOf } from "./diagnostics.ts";
import { lockHolderIn } from "./lock.ts";

/** A command of Terraform or OpenTofu that failed. */
export interface FailedCommand {
  /** How sentences name the tool: `OpenTofu` or `Terraform`. */
  readonly title: string;
  /** What it was to do, such as `plan`. */
  readonly command: string;
  /** Whose state or which folder it is about, such as `whiterabbit at workforce`. */
  readonly subject: string;
  readonly answer: Pick<ToolAnswer, "exit" | "signal" | "err" | "stopped">;
  /** What it said with `-json`; what it said without is read from stderr. */
  readonly diagnostics: readonly Diagnostic[];
  /** How long it may take, for the message. In milliseconds. */
  readonly limit: number;
  /** The command line that releases the lock with this id. */
  readonly unlock: (id: string) => string;
  readonly redact: (text: string) => string;
}

/** A kind of failure by the tool's words (or those of the provider), line breaks as spaces. The first that fits is taken. */
const kinds: readonly (readonly [code: Code, words: RegExp])[] = [
  ["ENGINE_PLAN_STALE", /saved plan is stale|saved plan does not match|plan file .* different state/i],
  ["ENGINE_REPLACE", /instance cannot be destroyed|prevent_destroy/i],
  [
    "ENGINE_CRASHED",
    /plugin did not respond|plugin crashed|plugin exited|request cancelled|unrecognized remote plugin|(TERRAFORM|OPENTOFU) CRASH|panic: |plugin error/i,
  ],
  [
    "ENGINE_STATE_UNREADABLE",
    /decryption failed|unencrypted payload|message authentication failed|encryption key data|(state|plan).{0,40}encrypted|unsupported state file|state file .*(newer|could not be parsed|not valid)|newer than current|invalid (json|state)|does not have the expected content|checksum calculated for the state/i,
  ],
  [
    "ENGINE_PROVIDER_MISSING",
    /provider packages?\b|failed to install provider|required plugins are not installed|inconsistent dependency lock file|failed to (read|load) plugin schemas|unavailable provider|could not (retrieve the list|resolve provider)|plugin cache/i,
  ],
  [
    "ENGINE_BACKEND_UNREACHABLE",
    /backend|remote state|state lock|(loading|reading|refreshing|saving|persisting|persist|load|save|read) (the )?state|existing workspaces|list workspaces/i,
  ],
  ["ENGINE_STATE_GONE", /E0000007|\b404\b|resource not found/i],
  [
    "ENGINE_CREDENTIALS_REFUSED",
    /invalid_client|invalid_token|invalid token provided|access_denied|E00000(04|05|06|11|15)\b|\b40[13]\b|unauthori[sz]ed|forbidden|invalid_scope|could not be authenticated/i,
  ],
];

/** What each kind of failure is said as; `subject` is whose state or folder it is. */
const sentences: Readonly<Partial<Record<Code, (failed: FailedCommand) => string>>> = {
  ENGINE_PLAN_STALE: ({ title, subject }) => `${title} refuses its plan of ${subject}: the state has changed since`,
  ENGINE_REPLACE: ({ title, subject }) => `${title} would delete or replace what must stay in ${subject}`,
  ENGINE_STATE_UNREADABLE: ({ title, subject }) => `${title} cannot read the state of ${subject}`,
  ENGINE_PROVIDER_MISSING: ({ title, subject }) => `${title} does not find the provider that ${subject} needs`,
  ENGINE_BACKEND_UNREACHABLE: ({ title, subject }) => `${title} cannot reach the state of ${subject}`,
  ENGINE_STATE_GONE: ({ title, subject }) => `the state of ${subject} holds an object that ${title} does not find`,
  ENGINE_CREDENTIALS_REFUSED: ({ title, subject }) =>
    `the identity provider refused ${title}'s credentials for ${subject}`,
};

/** The failure as one of our errors, the tool's own words below it. */
export function terraformFailure(failed: FailedCommand): TenantryError {
  const { title, command, subject, answer, redact } = failed;
  const inText = failed.diagnostics.length > 0 ? failed.diagnostics : diagnosticsInText(answer.err);
  const errors = inText.filter(({ severity }) => severity === "error");
  const words = redact(errors.length > 0 ? wordsOf(errors) : unframed(answer.err).trim()).trim();
  const error = (code: Code, message: string, hint?: string): TenantryError =>
    new TenantryError(code, message, { words: words || undefined, ...(hint === undefined ? {} : { hint }) });
  if (answer.stopped === "interrupted") {
    return error("ENGINE_INTERRUPTED", `${title} was asked to stop during ${command} of ${subject}, and has stopped`);
  }
  if (answer.stopped === "timed out") {
    const seconds = Math.round(failed.limit / 1_000);
    return error("ENGINE_TIMED_OUT", `${title} did not end ${command} of ${subject} within ${seconds} s`);
  }
  if (answer.stopped === "printed too much") {
    return error("ENGINE_ANSWER_UNREADABLE", `${title} printed more during ${command} of ${subject} than can be read`);
  }
  if (answer.signal !== undefined) {
    return error("ENGINE_CRASHED", `${title} was ended by ${answer.signal} during ${command} of ${subject}`);
  }
  const holder = lockHolderIn(words);
  if (holder !== undefined) {
    const doing = holder.operation === "" ? "" : `, ${holder.operation}`;
    return error(
      "ENGINE_STATE_LOCKED",
      `the state of ${subject} is locked by ${holder.who || "somebody"} (since ${holder.created}${doing})`,
      `Wait for that run. When it is gone, release the lock: ${failed.unlock(holder.id)}`,
    );
  }
  const flat = words.replace(/\s+/g, " ");
  const code = kinds.find(([, pattern]) => pattern.test(flat))?.[0];
  const sentence = code === undefined ? undefined : sentences[code]?.(failed);
  if (code !== undefined && sentence !== undefined) return error(code, sentence);
  if (code === "ENGINE_CRASHED") return error(code, `${title} or its provider crashed during ${command} of ${subject}`);
  const first = errors[0]?.summary;
  const because = first === undefined ? `exit code ${answer.exit}` : redact(first);
  return error("ENGINE_FAILED", `${title} failed to ${command} ${subject}: ${because}`);
}
