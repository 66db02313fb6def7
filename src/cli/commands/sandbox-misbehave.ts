import type { Misbehaviour } from "../../../sandbox/misbehave/misbehaviour.ts";
import type { Switched } from "../../../sandbox/misbehave/misbehaviours.ts";
import type { ReadyFile } from "../../../sandbox/ready.ts";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { wrap } from "../../plan/wrap.ts";
import { nearest } from "../../workspace/nearest.ts";
import type { WorkspaceOptions } from "../context.ts";
import { printJson } from "../outcome.ts";
import type { Run } from "../run.ts";
import { runningSandbox } from "../running-sandbox.ts";
import { hostOf } from "../sandbox-host.ts";

/** Which switch is meant. */
interface Meant {
  readonly host: string | undefined;
  readonly failure: string | undefined;
}

interface MisbehaveOptions extends WorkspaceOptions {
  readonly off?: boolean | undefined;
  readonly list?: boolean | undefined;
}

/** What the admin API shows. */
interface Shown {
  readonly switches: readonly Pick<Misbehaviour, "name" | "kind" | "about">[];
  readonly on: readonly Switched[];
}

/**
 * Turns a failure of a provider of the running sandbox on or off, or lists them. What the sandbox finds wrong with the
 * host is SANDBOX_REFUSED; a failure that is none, and what makes no sense together, is CLI_USAGE.
 */
export async function misbehave(run: Run, meant: Meant, options: MisbehaveOptions): Promise<ExitCode> {
  const { off = false, list = false } = options;
  const named = meant.host !== undefined;
  if (list && (off || named)) throw usage("--list goes with nothing else");
  if (!list && !off && (!named || meant.failure === undefined)) throw usage("a host and a failure are needed");
  const ready = await runningSandbox(run, options);
  if (list) return listFailures(run, ready, options);
  if (meant.failure !== undefined) await seeKnown(ready, meant.failure);
  const host = meant.host === undefined ? undefined : hostOf(meant.host, ready.hosts);
  return off ? turnOff(run, ready, { ...meant, host }, options) : turnOn(run, ready, { ...meant, host }, options);
}

/** @throws TenantryError CLI_USAGE */
async function seeKnown(ready: ReadyFile, failure: string): Promise<void> {
  const { switches } = JSON.parse(await ask(ready, "GET")) as Shown;
  const names = new Set(switches.map(({ name }) => name));
  if (names.has(failure)) return;
  const near = nearest(failure, names);
  const message = `there is no failure \`${failure}\``;
  throw near === undefined
    ? usage(message)
    : new TenantryError("CLI_USAGE", message, { hint: `did you mean \`${near}\`?` });
}

async function turnOn(run: Run, ready: ReadyFile, meant: Meant, options: MisbehaveOptions): Promise<ExitCode> {
  const on = JSON.parse(await ask(ready, "POST", "", meant)) as Switched;
  if (options.json === true) printJson(run.terminal, "sandbox", { on });
  else run.terminal.out(`${on.host} misbehaves: ${on.name}\n`);
  return 0;
}

async function turnOff(run: Run, ready: ReadyFile, meant: Meant, options: MisbehaveOptions): Promise<ExitCode> {
  const named = [meant.host, meant.failure].flatMap((part) => (part === undefined ? [] : [part]));
  const below = named.map((part) => `/${encodeURIComponent(part)}`).join("");
  const { cleared } = JSON.parse(await ask(ready, "DELETE", below)) as { readonly cleared: number };
  if (options.json === true) printJson(run.terminal, "sandbox", { cleared });
  else run.terminal.out(cleared === 0 ? "nothing was on\n" : `${cleared} turned off\n`);
  return 0;
}

async function listFailures(run: Run, ready: ReadyFile, options: MisbehaveOptions): Promise<ExitCode> {
  const { switches, on } = JSON.parse(await ask(ready, "GET")) as Shown;
  if (options.json === true) {
    printJson(run.terminal, "sandbox", { failures: switches, on });
    return 0;
  }
  const kinds = [...new Set(switches.map(({ kind }) => kind))];
  for (const kind of kinds) {
    run.terminal.out(`${kind}\n`);
    for (const { name, about } of switches.filter((each) => each.kind === kind)) {
      const hosts = on.filter((each) => each.name === name).map(({ host }) => host);
      const where = hosts.length === 0 ? "" : `  on: ${hosts.join(", ")}`;
      run.terminal.out(
        `  ${name}${where}\n${wrap(about, 74)
          .map((line) => `      ${line}\n`)
          .join("")}`,
      );
    }
  }
  return 0;
}

async function ask(ready: ReadyFile, method: "GET" | "POST" | "DELETE", below = "", meant?: Meant): Promise<string> {
  const { askAdmin } = await import("../../../sandbox/ask-admin.ts");
  const body = meant === undefined ? undefined : JSON.stringify({ host: meant.host, name: meant.failure });
  return askAdmin(ready, { method, path: `/misbehaviours${below}`, body });
}

function usage(message: string): TenantryError {
  return new TenantryError("CLI_USAGE", message, { hint: "tenantry sandbox misbehave --list shows the failures" });
}
