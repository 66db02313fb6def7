import type { FaultRule } from "../../../sandbox/fault-rule.ts";
import type { FaultCount } from "../../../sandbox/faults.ts";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { WorkspaceOptions } from "../context.ts";
import { printJson } from "../outcome.ts";
import type { Run } from "../run.ts";
import { runningSandbox } from "../running-sandbox.ts";
import { hostOf } from "../sandbox-host.ts";
import { table } from "../table.ts";

/** A fault as the command line gives it: all texts. */
export interface FaultOptions extends WorkspaceOptions {
  readonly host?: string | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly status?: string | undefined;
  readonly milliseconds?: string | undefined;
  readonly bytes?: string | undefined;
  readonly times?: string | undefined;
  readonly skip?: string | undefined;
  readonly probability?: string | undefined;
  readonly seed?: string | undefined;
}

/** Makes requests to the running sandbox go wrong. What the sandbox finds wrong with the rule is SANDBOX_REFUSED. */
export async function addFault(run: Run, effect: string, options: FaultOptions): Promise<ExitCode> {
  const ready = await runningSandbox(run, options);
  const { askAdmin } = await import("../../../sandbox/ask-admin.ts");
  const body = JSON.stringify(ruleOf(effect, options, ready.hosts));
  const fault = JSON.parse(await askAdmin(ready, { method: "POST", path: "/faults", body })) as FaultCount;
  if (options.json === true) {
    printJson(run.terminal, "sandbox", { fault });
    return 0;
  }
  run.terminal.out(`fault ${fault.id}: ${fault.effect} for ${requestsOf(fault)}, ${amountOf(fault)}\n`);
  if (fault.seed !== undefined && options.seed === undefined) {
    run.terminal.out(`chance begins with ${fault.seed}; \`--seed ${fault.seed}\` repeats it\n`);
  }
  return 0;
}

/** Shows the rules of the running sandbox with what became of them. */
export async function listFaults(run: Run, options: WorkspaceOptions): Promise<ExitCode> {
  const ready = await runningSandbox(run, options);
  const { askAdmin } = await import("../../../sandbox/ask-admin.ts");
  const { faults } = JSON.parse(await askAdmin(ready, { method: "GET", path: "/faults" })) as {
    readonly faults: readonly FaultCount[];
  };
  if (options.json === true) printJson(run.terminal, "sandbox", { faults });
  else if (faults.length === 0) run.terminal.out("nothing goes wrong on purpose\n");
  else {
    const rows = faults.map((fault) => [
      String(fault.id),
      fault.effect,
      requestsOf(fault),
      amountOf(fault),
      `${fault.hits} struck`,
      fault.remaining === 0 ? "over" : "",
    ]);
    run.terminal.out(`${table(rows).join("\n")}\n`);
  }
  return 0;
}

/** Takes one rule away, or all of them. */
export async function clearFaults(run: Run, id: string | undefined, options: WorkspaceOptions): Promise<ExitCode> {
  const ready = await runningSandbox(run, options);
  const { askAdmin } = await import("../../../sandbox/ask-admin.ts");
  if (id !== undefined) numberOf("the fault", id);
  await askAdmin(ready, { method: "DELETE", path: id === undefined ? "/faults" : `/faults/${id}` });
  if (options.json === true) printJson(run.terminal, "sandbox", { cleared: id === undefined ? "all" : Number(id) });
  else run.terminal.out(id === undefined ? "nothing goes wrong on purpose any more\n" : `fault ${id} is gone\n`);
  return 0;
}

function ruleOf(effect: string, options: FaultOptions, hosts: readonly string[]): unknown {
  const { host, method, path, milliseconds, times, probability } = options;
  const whole = (name: "status" | "bytes" | "skip" | "seed") =>
    options[name] === undefined ? undefined : numberOf(`--${name}`, options[name]);
  return {
    effect,
    host: host === undefined ? undefined : hostOf(host, hosts),
    method: method?.toUpperCase(),
    path,
    status: whole("status"),
    milliseconds: milliseconds === undefined ? undefined : timeOf(milliseconds),
    bytes: whole("bytes"),
    times: times === undefined || times === "all" ? times : numberOf("--times", times),
    skip: whole("skip"),
    probability: probability === undefined ? undefined : shareOf(probability),
    seed: whole("seed"),
  };
}

function numberOf(what: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new TenantryError("CLI_USAGE", `${what} is a whole number, not \`${text}\``, { hint: "see --help" });
}

/** `200`, or `200-800`. */
function timeOf(text: string): number | readonly number[] {
  const [, least, most] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? [];
  return most === undefined ? numberOf("--milliseconds", text) : [Number(least), Number(most)];
}

function shareOf(text: string): number {
  if (/^(\d*\.)?\d+$/.test(text)) return Number(text);
  throw new TenantryError("CLI_USAGE", `--probability is from 0 to 1, not \`${text}\``, { hint: "see --help" });
}

/** Which requests a rule is about. */
function requestsOf({ host, method, path }: FaultRule): string {
  return `${method ?? "any method"} ${path ?? "any path"} at ${host ?? "any host"}`;
}

/** How many requests a rule is about, and how it strikes them. */
function amountOf(rule: FaultCount): string {
  const { status, milliseconds, bytes, skip = 0, probability, remaining, hits } = rule;
  const most = remaining === null ? undefined : remaining + hits;
  const parts = [
    status === undefined ? undefined : `status ${status}`,
    milliseconds === undefined ? undefined : `${[milliseconds].flat().join("-")} ms`,
    bytes === undefined ? undefined : `${bytes} bytes`,
    probability === undefined ? undefined : `probability ${probability}`,
    rule.times === "all" || remaining === null ? "every time" : most === 1 ? "once" : `${rule.times ?? most} times`,
    skip === 0 ? undefined : `after the first ${skip}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}
