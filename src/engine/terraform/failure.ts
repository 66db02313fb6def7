import type { Code } from "../../errors/codes/index.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { ToolAnswer } from "../tool-process.ts";
import { type Diagnostic, diagnosticsInText, unframed, wordsOf } from "./diagnostics.ts";
import { type LockHolder, lockHolderIn } from "./lock.ts";

/** A command of Terraform or OpenTofu that failed. */
export interface FailedCommand {
  /** How sentences name the tool: `OpenTofu` or `Terraform`. */
  readonly title: string;
  /** What it was to do, such as `plan`. */
  readonly command: string;
  /** Whose state or which folder it is about, such as `whiterabbit at workforce`. */
  readonly subject: string;
  readonly answer: Pick<ToolAnswer, "exit" | "signal" | "out" | "err" | "stopped">;
  /** What it said with `-json`; what it said without is read from stderr. */
  readonly diagnostics: readonly Diagnostic[];
  /** How long it may take, for the message. In milliseconds. */
  readonly limit: number;
  /** The working folder as the user would name it, and the tool's path: for commands that mend something. */
  readonly folder: string;
  readonly path: string;
  readonly redact: (text: string) => string;
}

interface Kind {
  readonly code: Code;
  /** The words of the tool, or of the provider, line breaks as spaces. */
  readonly words: RegExp;
  /** Whether a provider may have said them about one resource; else they are of the tool itself. */
  readonly ofProviders: boolean;
  /** What the failure is said as. */
  readonly sentence: (failed: FailedCommand) => string;
}

/** The first that fits is taken. The tool reports most of what is wrong with a state as a lock that it cannot have. */
const kinds: readonly Kind[] = [
  {
    code: "ENGINE_PLAN_STALE",
    words: /saved plan is stale|saved plan does not match/i,
    ofProviders: false,
    sentence: ({ title, subject }) => `${title} refuses its own plan of ${subject}: the state has changed since`,
  },
  {
    code: "ENGINE_REPLACE",
    words: /instance cannot be destroyed/i,
    ofProviders: true,
    sentence: ({ title, subject }) => `${title} would have to delete what must stay at ${subject}`,
  },
  {
    code: "ENGINE_CRASHED",
    words:
      /plugin did not respond|plugin (crashed|exited)|the plugin6?\.?\(?\*?GRPCProvider|request cancelled|unrecognized remote plugin|(TERRAFORM|OPENTOFU) CRASH|\bpanic: |plugin error/i,
    ofProviders: true,
    sentence: ({ title, command, subject }) => `${title} or its provider crashed during ${command} of ${subject}`,
  },
  {
    code: "ENGINE_STATE_UNREADABLE",
    words:
      /decryption failed|unencrypted payload|state file is encrypted|plan file is encrypted|unsupported state file format|state data .*does not have the expected content|newer than current|unsupported backend state version/i,
    ofProviders: false,
    sentence: ({ title, subject }) => `${title} cannot read the state of ${subject}`,
  },
  {
    code: "ENGINE_PROVIDER_MISSING",
    words:
      /provider packages?\b|failed to install provider|required plugins are not installed|inconsistent dependency lock file|failed to (read|load) (plugin )?schemas?|unavailable provider|could not (retrieve the list of available versions|resolve provider)/i,
    ofProviders: false,
    sentence: ({ title, subject }) => `${title} does not find the provider that ${subject} needs`,
  },
  {
    code: "ENGINE_BACKEND_UNREACHABLE",
    words:
      /(backend|initiali[sz]ing) .*required|(configuring|to) (the )?backend|remote state|acquiring the state lock|releasing the state lock|(load|read|refresh|sav|persist|lock|unlock)(ing|e|)( the)? state\b|(list|get)(ting|)( existing)? workspaces|\bpq: /i,
    ofProviders: false,
    sentence: ({ title, subject }) => `${title} cannot reach the state of ${subject}`,
  },
  {
    code: "ENGINE_CREDENTIALS_REFUSED",
    words:
      /invalid_client|invalid_token|empty access token|invalid token provided|access_denied|invalid_scope|E00000(04|05|06|11|15)\b|\b40[13] (unauthori[sz]ed|forbidden)|status(:| code:?)? 40[13]\b|could not be authenticated|do not have permission/i,
    ofProviders: true,
    sentence: ({ title, subject }) => `the credentials that ${title} was given for ${subject} are refused`,
  },
];

/** A file that another process has locked, and has not yet written beside it who it is. */
const heldNamelessly = /acquiring the state lock.*resource temporarily unavailable/i;

/** During a plan only: an apply may miss what it was to point to. */
const gone = /E0000007|\b404\b|resource not found|not found: resource/i;

/** The failure as one of our errors, the tool's own words below it. */
export function terraformFailure(failed: FailedCommand): TenantryError {
  const { title, command, subject, answer, redact } = failed;
  const all = failed.diagnostics.length > 0 ? failed.diagnostics : diagnosticsInText(answer.err);
  const errors = all.filter(({ severity }) => severity === "error");
  const words = redact(errors.length > 0 ? wordsOf(errors) : unframed(answer.err).trim()).trim();
  const error = (code: Code, message: string, hint?: string): TenantryError =>
    new TenantryError(code, message, { words: words || undefined, ...(hint === undefined ? {} : { hint }) });
  switch (answer.stopped) {
    case "interrupted":
      return error("ENGINE_INTERRUPTED", `${title} was asked to stop during ${command} of ${subject}, and has stopped`);
    case "timed out": {
      const seconds = Math.round(failed.limit / 1_000);
      return error("ENGINE_TIMED_OUT", `${title} did not end ${command} of ${subject} within ${seconds} s`);
    }
    case "printed too much":
      return error(
        "ENGINE_ANSWER_UNREADABLE",
        `${title} printed more during ${command} of ${subject} than can be read`,
      );
  }
  if (answer.signal !== undefined) {
    return error("ENGINE_CRASHED", `${title} was ended by ${answer.signal} during ${command} of ${subject}`);
  }
  const holder = lockHolderIn(words);
  if (holder !== undefined) return error("ENGINE_STATE_LOCKED", lockedBy(subject, holder), howToUnlock(failed, holder));
  const flat = words.replace(/\s+/g, " ");
  if (heldNamelessly.test(flat)) return error("ENGINE_STATE_LOCKED", lockedBy(subject, {}));
  const ofProvider = errors.length > 0 && errors.every(({ address }) => address !== undefined);
  const fitting = kinds.find((candidate) => (candidate.ofProviders || !ofProvider) && candidate.words.test(flat));
  // Every cloud has words of its own for a backend that cannot be had, but all say them at the same time.
  const atBackend =
    command === "init" && (fitting === undefined || fitting.ofProviders) && stoppedAtBackend(answer.out, flat);
  const kind = atBackend ? kinds.find(({ code }) => code === "ENGINE_BACKEND_UNREACHABLE") : fitting;
  if (kind !== undefined) return error(kind.code, kind.sentence(failed), hintFor(failed, kind.code, flat));
  if (command === "plan" && gone.test(flat)) {
    return error("ENGINE_STATE_GONE", `the state of ${subject} holds an object that ${title} does not find any more`);
  }
  const first = errors[0]?.summary;
  const because = first === undefined ? `it ended with exit code ${answer.exit}` : redact(first);
  return error("ENGINE_FAILED", `${title} failed during ${command} of ${subject}: ${because}`);
}

/** Whether `init` came no further than the backend; a mistake in the program is found there too. */
function stoppedAtBackend(out: string, words: string): boolean {
  return (
    out.includes("Initializing the backend") &&
    !out.includes("Initializing provider plugins") &&
    !/ on cdk\.tf\.json line/.test(words)
  );
}

function lockedBy(subject: string, { who, created, operation }: Partial<LockHolder>): string {
  const since = [created === undefined ? "" : `since ${created}`, operation ?? ""].filter((part) => part !== "");
  return `the state of ${subject} is locked by ${who ?? "somebody else"}${since.length > 0 ? ` (${since.join(", ")})` : ""}`;
}

function howToUnlock({ folder, path }: FailedCommand, { id }: LockHolder): string {
  const command = `${path} -chdir=${folder} force-unlock ${id}`;
  return `Wait for that run to end. Only when it is gone for sure, release its lock: ${command}`;
}

function hintFor({ folder, path, title }: FailedCommand, code: Code, words: string): string | undefined {
  if (code === "ENGINE_BACKEND_UNREACHABLE" && words.includes("errored.tfstate")) {
    return `What was done is noted in ${folder}/errored.tfstate, which the next run writes into the backend: mend the backend, then apply again.`;
  }
  if (code === "ENGINE_STATE_UNREADABLE" && /unencrypted payload/.test(words)) {
    return "The state was written before engines.terraform.encryption was. Move it away, keep it, and take everything into an encrypted one: `tenantry apply --adopt-into terraform`.";
  }
  if (code === "ENGINE_STATE_UNREADABLE" && /state file is encrypted/.test(words)) {
    return "The state was written with engines.terraform.encryption: name its passphrase there again.";
  }
  // A state names the host that its providers come from, which is each program's own.
  const foreign = /[\w.-]*opentofu[\w.-]*\/[\w-]+\/[\w-]+/.exec(words)?.[0];
  if (code === "ENGINE_PROVIDER_MISSING" && title === "Terraform" && foreign !== undefined) {
    const own = foreign.replace("opentofu.org", "terraform.io");
    return `OpenTofu has written this state. Go on with it (engines.terraform.command: tofu), or hand the state over to Terraform for good: ${path} -chdir=${folder} state replace-provider ${foreign} ${own}`;
  }
  return undefined;
}
