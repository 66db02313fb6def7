import { selectConnections } from "../../apply/select.ts";
import type { Connection } from "../../desired/connection.ts";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { nearest } from "../../workspace/nearest.ts";
import { loadContext, type WorkspaceOptions } from "../context.ts";
import { guideOf } from "../guide/guide.ts";
import { htmlOf } from "../guide/html.ts";
import { markdownOf } from "../guide/markdown.ts";
import { pageOf } from "../guide/write-page.ts";
import { printJson } from "../outcome.ts";
import type { Run } from "../run.ts";
import { writeWhole } from "../write-file.ts";

export interface GuideOptions extends WorkspaceOptions {
  readonly app?: string | undefined;
  readonly signIn?: string | undefined;
  readonly format?: "markdown" | "html" | undefined;
  readonly out?: string | undefined;
}

/**
 * The page for a customer's IT: what to set up at their provider and what to send back. From the files alone: no network,
 * no store and no secret, so that it works for a draft.
 *
 * @throws TenantryError CLI_FILES_INVALID, PLAN_UNKNOWN_TENANT, CLI_USAGE for an app or sign-in that the tenant has not
 */
export async function guide(run: Run, name: string, options: GuideOptions): Promise<ExitCode> {
  const { terminal, surroundings } = run;
  const context = loadContext(surroundings, options, run.now(), [name]);
  const all = selectConnections(context.connections, [name]);
  const tenant = context.tenants.find((candidate) => candidate.tenant === all[0]?.tenant);
  if (tenant === undefined) throw new TenantryError("PLAN_UNKNOWN_TENANT", `there is no tenant \`${name}\` here`);
  const chosen = only(all, options);
  const made = guideOf(context, tenant, chosen);
  if (options.json === true) {
    printJson(terminal, "guide", { guide: made });
    return 0;
  }
  const page = pageOf(made, chosen);
  const format = options.format ?? (options.out?.endsWith(".html") === true ? "html" : "markdown");
  const text = format === "html" ? htmlOf(page) : markdownOf(page);
  if (options.out === undefined) {
    terminal.out(text);
    return 0;
  }
  writeWhole(surroundings.cwd, options.out, text);
  terminal.out(`wrote ${options.out}\n`);
  return 0;
}

function only(all: readonly Connection[], { app, signIn }: GuideOptions): readonly Connection[] {
  const ofApp = app === undefined ? all : all.filter((connection) => connection.app === app);
  if (ofApp.length === 0) throw unknown("app", app ?? "", [...new Set(all.map((each) => each.app))]);
  const chosen = signIn === undefined ? ofApp : ofApp.filter((connection) => connection.signIn === signIn);
  if (chosen.length === 0) throw unknown("sign-in", signIn ?? "", [...new Set(ofApp.map((each) => each.signIn))]);
  return chosen;
}

function unknown(what: string, name: string, there: readonly string[]): TenantryError {
  const near = nearest(name, there);
  return new TenantryError("CLI_USAGE", `the tenant has no connection by the ${what} \`${name}\``, {
    hint: near === undefined ? `it has ${there.join(", ")}` : `did you mean \`${near}\`?`,
  });
}
