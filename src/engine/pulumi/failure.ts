import type { Code } from "../../errors/codes/index.ts";
import { TenantryError } from "../../errors/failure.ts";
import { FailedCall } from "./command.ts";

/** What a failure of Pulumi is told with. */
export interface FailureContext {
  readonly name: { readonly stack: string };
  /** How sentences name the stack, such as `fernhill at customers`. */
  readonly subject: string;
  readonly folder: string;
  readonly tool: { readonly path: string; readonly version: string };
  /** The CLI's, for the backend's address. */
  readonly environment: Readonly<Record<string, string>>;
  /** Says what brings a plugin that is not there. */
  readonly installPlugin: string;
  readonly redact: (text: string) => string;
}

/** A kind of failure by Pulumi's words (or those of the provider), line breaks as spaces. The first that fits is taken. */
const kinds: readonly (readonly [code: Code, words: RegExp])[] = [
  ["ENGINE_STATE_LOCKED", /currently locked by \d+ lock|\[409\] Conflict: Another update is currently in progress/i],
  [
    "ENGINE_PROVIDER_MISSING",
    /no resource plugin|no plugin .* found|could not (find|load|download|install) (latest version of )?(resource |provider )?plugin|failed to (load|install|download) plugin/i,
  ],
  [
    "ENGINE_STATE_UNREADABLE",
    /incorrect passphrase|passphrase must be set|failed to decrypt|(de|en)cryption|message authentication failed|newer than what this version|could not deserialize|unmarshal(l)?ing|snapshot integrity|invalid character|checkpoint/i,
  ],
  [
    "ENGINE_CRASHED",
    /plugin .*(exited|crashed)|transport is closing|error reading from server|code = Unavailable|panic:|fatal error:|SIGSEGV|goroutine \d+/i,
  ],
  [
    "AUTH0_UNREACHABLE",
    /"https:\/\/[^"\s]+\/(api\/v2|oauth\/token)[^"\s]*": [^"]*(dial tcp|proxyconnect|no such host|connection refused|i\/o timeout|EOF|x509|tls:)/i,
  ],
  ["ENGINE_REPLACE", /cannot be (deleted|replaced).*protected|because it is protected|marked for protection/i],
  [
    "ENGINE_CREDENTIALS_REFUSED",
    /invalid_client|access_denied|\b40[13]\b|unauthori[sz]ed|forbidden|insufficient_scope|invalid token/i,
  ],
  ["ENGINE_STATE_GONE", /\b404\b|not[ _]found|inexistent/i],
  [
    "ENGINE_BACKEND_UNREACHABLE",
    /(open|read|list|access|query|connect to) (the )?(bucket|blob|database|backend|stack|state|table)|bucket|blob|PULUMI_ACCESS_TOKEN|pulumi login|get stack|could not (get|load|import) (cloud|stack)|NoCredentialProviders|dial tcp|lookup .* no such host|connection refused/i,
  ],
];

/** What each kind of failure is said as. */
const sentences: Readonly<Partial<Record<Code, (subject: string, command: string) => string>>> = {
  ENGINE_STATE_LOCKED: (subject) => `the state of ${subject} is locked`,
  ENGINE_PROVIDER_MISSING: (subject) => `Pulumi does not find the plugin that ${subject} needs`,
  ENGINE_STATE_UNREADABLE: (subject) => `Pulumi cannot read the state of ${subject}`,
  AUTH0_UNREACHABLE: (subject, command) => `Pulumi cannot reach Auth0 for ${command} of ${subject}`,
  ENGINE_CRASHED: (subject, command) => `Pulumi or its plugin crashed during ${command} of ${subject}`,
  ENGINE_REPLACE: (subject) => `Pulumi would delete or replace what must stay in ${subject}`,
  ENGINE_CREDENTIALS_REFUSED: (subject) => `Auth0 refused Pulumi's credentials for ${subject}`,
  ENGINE_STATE_GONE: (subject) => `the state of ${subject} holds an object that Auth0 does not have any more`,
  ENGINE_BACKEND_UNREACHABLE: (subject) => `Pulumi cannot reach the state of ${subject}`,
};

/** Who holds the lock, in the words of Pulumi's own backends. */
const holder = /created by (\S+) \(pid (\d+)\) at (\S+)/;

/**
 * The failure as one of our errors, Pulumi's own words below it.
 *
 * @param errors what its events told of
 */
export function pulumiFailure(error: unknown, errors: readonly string[], context: FailureContext): Error {
  if (error instanceof TenantryError) return error;
  const call = error instanceof FailedCall ? error : undefined;
  if (call === undefined && errors.length === 0) return error instanceof Error ? error : new Error(String(error));
  const { subject, redact } = context;
  const command = call?.command ?? "its run";
  const said = errors.length > 0 ? errors.join("\n") : saidIn(`${call?.answer.err ?? ""}\n${call?.answer.out ?? ""}`);
  const words = redact(said).trim() || undefined;
  const failed = (code: Code, message: string, hint?: string): TenantryError =>
    new TenantryError(code, message, { words, ...(hint === undefined ? {} : { hint }) });
  if (call?.answer.stopped === "interrupted") {
    return failed("ENGINE_INTERRUPTED", `Pulumi was asked to stop during ${command} of ${subject}, and has stopped`);
  }
  if (call?.answer.stopped === "timed out") {
    const seconds = Math.round(call.limit / 1_000);
    return failed("ENGINE_TIMED_OUT", `Pulumi did not end ${command} of ${subject} within ${seconds} s`);
  }
  if (call?.answer.stopped !== undefined) {
    return failed("ENGINE_ANSWER_UNREADABLE", `Pulumi printed more during ${command} of ${subject} than can be read`);
  }
  if (call?.answer.signal !== undefined) {
    return failed("ENGINE_CRASHED", `Pulumi was ended by ${call.answer.signal} during ${command} of ${subject}`);
  }
  const flat = `${said} ${call?.answer.err ?? ""}`.replace(/\s+/g, " ");
  const code = kinds.find(([, pattern]) => pattern.test(flat))?.[0];
  const sentence = code === undefined ? undefined : sentences[code]?.(subject, command);
  if (code === undefined || sentence === undefined) {
    const first = redact(said).trim().split("\n")[0] || `exit code ${call?.answer.exit}`;
    return failed("ENGINE_FAILED", `Pulumi failed to ${command} ${subject}: ${first}`);
  }
  if (code === "ENGINE_PROVIDER_MISSING") return failed(code, sentence, context.installPlugin);
  if (code === "ENGINE_STATE_LOCKED") {
    const [, who, pid, since] = holder.exec(flat) ?? [];
    const by = who === undefined ? "" : ` by ${who} (pid ${pid}, since ${since})`;
    const [folder, program, backend] = [
      context.folder,
      context.tool.path,
      context.environment.PULUMI_BACKEND_URL ?? "",
    ].map(quoted);
    const cancel = `(cd ${folder} && PULUMI_BACKEND_URL=${backend} ${program} cancel --yes --stack ${context.name.stack})`;
    return failed(code, `${sentence}${by}`, `Wait for that run. When it is gone, release the lock: ${cancel}`);
  }
  return failed(code, sentence);
}

/** As a shell takes it for one word. */
function quoted(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether the CLI says that there is no such stack. */
export function isNoStack(error: unknown): boolean {
  return error instanceof FailedCall && /no stack named|stack '.*' not found|\[404\] Not found/i.test(error.answer.err);
}

/** What the CLI calls errors; all that it said when it calls nothing one. */
function saidIn(text: string): string {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const first = lines.findIndex((line) => /^\s*error:/.test(line));
  return (first < 0 ? lines : lines.slice(first)).join("\n").trim();
}
