import { randomInt } from "node:crypto";
import { join } from "node:path";
import { isPlaceholder } from "../../desired/key.ts";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { checkFiles, findRoot } from "../context.ts";
import { createWhole } from "../create-file.ts";
import { checkAnswers, readSurrounding, type Surrounding, withFile } from "../new/check.ts";
import { answersOf, domainOf, type Given, missingFlags, type NewOptions, readFlags } from "../new/given.ts";
import { interview } from "../new/interview.ts";
import { nodeFiles } from "../node-files.ts";
import { printJson } from "../outcome.ts";
import type { Run } from "../run.ts";

/**
 * Writes the file of a new tenant. At a terminal it asks for what the flags have not said. The whole folder is checked
 * with the new file in it before anything is written, so what it writes is valid.
 */
export async function newTenant(run: Run, slug: string | undefined, options: NewOptions): Promise<ExitCode> {
  const { terminal } = run;
  const root = findRoot(run.surroundings, options.workspace);
  const today = new Date(run.now()).toISOString().slice(0, 10);
  const files = nodeFiles(root);
  const surrounding = readSurrounding(files, root, options.env, today);
  if (surrounding.workspace.apps.size === 0) {
    throw new TenantryError("CLI_USAGE", "tenantry.yaml has no app that a tenant could come in to");
  }
  const id = newPublicId();
  const flags = readFlags(slug, options, surrounding.workspace);
  const given = await complete(run, flags, surrounding, { id, today });
  const answers = answersOf(given, id, surrounding.workspace);
  const checked = checkAnswers(answers, surrounding, today);
  if (surrounding.tenants.some(({ tenant }) => tenant === answers.slug)) {
    throw new TenantryError("CLI_NEW_EXISTS", `${checked.file} is there already`);
  }
  // The folder as it is now: somebody may have taken a while to answer.
  const whole = checkFiles(root, options.env, today, withFile(files, checked.file, checked.text));
  const issues = checked.issues.length > 0 ? checked.issues : whole.issues;
  if (issues.length > 0) {
    throw new TenantryError("CLI_FILES_INVALID", "the new file would have issues; nothing was written", { issues });
  }
  const dryRun = options.dryRun === true;
  if (!dryRun) createWhole(join(root, checked.file), checked.file, checked.text);

  const callbacks = checked.connections.flatMap(({ app, registration }) =>
    // Null until the app has handed it out.
    registration.redirectUris.map((url) => ({ app, url: isPlaceholder(url) ? null : url })),
  );
  const next = answers.status === "draft" ? null : `tenantry plan --only ${answers.slug}`;
  if (options.json === true) {
    const { file, text } = checked;
    printJson(terminal, "new", { file, written: !dryRun, tenant: answers.slug, id, callbacks, text, next });
    return 0;
  }
  // The result of a dry run is the file, letter for letter.
  const talk = dryRun ? terminal.err : terminal.out;
  if (dryRun) terminal.out(checked.text);
  talk(`${dryRun ? "would write" : "wrote"} ${checked.file}\n`);
  const theirs = answers.external !== undefined;
  talk(theirs ? "for the customer to register at their provider:\n" : "people come back to the app at:\n");
  for (const { app, url } of callbacks) {
    talk(`  ${app}  ${url ?? `handed out by ${app} with its record; \`tenantry show\` has it then`}\n`);
  }
  if (next === null) {
    const until = theirs ? "when they have handed over their values, write them" : "when they are to come in, write";
    talk(`next: ${until} into ${checked.file}${theirs ? ", with" : ""} \`status: active\`\n`);
  } else {
    talk(`next: ${next}\n`);
  }
  return 0;
}

/** The flags, or flags and answers where somebody can be asked. */
async function complete(
  run: Run,
  flags: Given,
  surrounding: Surrounding,
  { id, today }: { readonly id: string; readonly today: string },
): Promise<Given> {
  const { terminal } = run;
  const missing = missingFlags(flags, surrounding.workspace);
  if (missing.length === 0) return withDomains(flags, (line) => terminal.err(`${line}\n`));
  if (terminal.converse === undefined) {
    throw new TenantryError("CLI_NEW_INCOMPLETE", `nothing was written; missing: ${missing.join(", ")}`);
  }
  const conversation = await terminal.converse();
  try {
    return await interview(flags, {
      conversation,
      say: (line) => terminal.err(`${line}\n`),
      surrounding,
      today,
      id,
    });
  } finally {
    conversation.close();
  }
}

function withDomains(flags: Given, say: (line: string) => void): Given {
  const domains = flags.domains?.map((typed) => {
    const domain = domainOf(typed);
    if (domain !== typed) say(`${typed} is written ${domain}`);
    return domain;
  });
  return { ...flags, domains };
}

const alphabet = "abcdefghijklmnopqrstuvwxyz23456789";

/** 20 random characters of a–z and 2–9: 101 bits. Nobody can guess another tenant's callback. */
function newPublicId(): string {
  return Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join("");
}
