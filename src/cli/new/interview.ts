import { TenantryError } from "../../errors/failure.ts";
import type { Issue } from "../../errors/issue.ts";
import { proposeSlug } from "../../tenant/slug.ts";
import { externalIdp } from "../../workspace/workspace.ts";
import type { Conversation } from "../terminal.ts";
import { type Answers, kindOf, needsSecret, proposeSecret, sharedClientAuth } from "./answers.ts";
import { openFields, withField } from "./blocks.ts";
import { checkAnswers, type Surrounding } from "./check.ts";
import { answersOf, domainOf, type Given, groupsOf } from "./given.ts";

/** What the questions need besides the answers. */
export interface InterviewIo {
  readonly conversation: Conversation;
  /** Talk between the questions: choices, what was wrong, what was made of an answer. */
  readonly say: (line: string) => void;
  readonly surrounding: Surrounding;
  readonly today: string;
  readonly id: string;
}

/** What a typed line comes to, or why it is asked again. */
type Told<T> = { readonly value: T } | { readonly problem: string };

/**
 * Asks for all that the flags have not said. Each answer is held against the rules of `validate` at once, among the
 * tenants that are there, and asked again while it is wrong; a flag that is wrong is asked for too.
 *
 * @throws TenantryError CLI_NEW_ABANDONED when the person goes
 */
export async function interview(flags: Given, io: InterviewIo): Promise<Given> {
  const { workspace } = io.surrounding;
  let given: Given = {
    ...flags,
    name: undefined,
    slug: undefined,
    domains: undefined,
    idp: undefined,
    apps: undefined,
  };
  const hold = (more: Partial<Given>, ...fields: readonly Field[]): Told<Partial<Given>> => {
    const problem = problemOf({ ...given, ...more }, fields, io);
    return problem === undefined ? { value: more } : { problem };
  };
  const learn = async (question: Question): Promise<void> => {
    given = { ...given, ...(await put(question, io)) };
  };

  await learn({ text: "Name of the customer", first: flags.name, read: (name) => hold({ name }, "name") });

  const proposed = proposeSlug(given.name ?? "");
  const free = proposed !== "" && "value" in hold({ slug: proposed }, "tenant");
  await learn({
    text: "Slug: names the file, never changes",
    first: flags.slug,
    otherwise: free ? proposed : undefined,
    read: (slug) => hold({ slug }, "tenant"),
  });

  await learn({
    text: "E-mail domains, with commas between",
    first: flags.domains?.join(","),
    read: (line) => {
      const domains = listOf(line).map((typed) => {
        const domain = domainOf(typed);
        if (domain !== typed) io.say(`  ${typed} is written ${domain}`);
        return domain;
      });
      return hold({ domains }, "domains");
    },
  });

  const idps = [...workspace.identityProviders.values()].map(
    ({ name, kind, domain }): Choice => [name, `${kind} at ${domain}`],
  );
  const sources: readonly Choice[] = [...idps, [externalIdp, "the customer's own provider"]];
  await learn({
    text: "Identity provider",
    choices: sources,
    first: flags.idp,
    read: (line) => fromChoice(line, sources, (idp) => hold({ idp }, "signIn.idp")),
  });

  const apps = [...workspace.apps.values()].map(({ name, kind, baseUrl }): Choice => [name, `${kind}, ${baseUrl}`]);
  const askApps = (several: boolean): Promise<void> =>
    learn({
      text: several ? "Apps they come in to, with commas between" : "App they come in to",
      choices: apps,
      first: flags.apps?.join(","),
      otherwise: apps.length === 1 ? apps[0]?.[0] : undefined,
      read: (line) =>
        fromChoices(line, apps, (names) =>
          several || names.length === 1
            ? hold({ apps: names }, "connections", "signIn.clientAuth")
            : { problem: "each app needs a client of its own at their provider: begin with one" },
        ),
    });

  switch (kindOf(given.idp ?? "", workspace)) {
    case "okta":
      await askAssignment(flags, learn, hold);
      await askApps(true);
      break;
    case "auth0":
      await learn({
        text: "Auth0 connections they sign in by, with commas between",
        first: flags.enabledConnections?.join(","),
        read: (line) => hold({ enabledConnections: listOf(line) }, "signIn.enabledConnections"),
      });
      await askApps(true);
      break;
    case "external":
      // What the provider and the app can do together decides whether there is a secret.
      await askApps(false);
      await askExternal(flags, learn, hold, () => given, io);
      break;
    default:
      // The answer was held against the names that exist.
      break;
  }

  for (const open of openFields(given.apps ?? [], given.blocks ?? {}, workspace)) {
    await learn({
      text: `${open.question} (${open.app})`,
      otherwise: open.propose(given.slug ?? ""),
      read: (line) => hold({ blocks: withField(given.blocks ?? {}, open, line) }, "connections"),
    });
  }

  if (given.status === undefined) {
    const statuses: readonly Choice[] = [
      ["active", "made and proven by the next apply, then switched on"],
      ["draft", "nothing is made yet"],
    ];
    await learn({
      text: "Status",
      choices: statuses,
      otherwise: "active",
      read: (line) =>
        fromChoice(line, statuses, (status) => hold({ status: status === "draft" ? "draft" : "active" }, "status")),
    });
  }
  return given;
}

type Hold = (more: Partial<Given>, ...fields: readonly Field[]) => Told<Partial<Given>>;
type Learn = (question: Question) => Promise<void>;

async function askAssignment(flags: Given, learn: Learn, hold: Hold): Promise<void> {
  if (flags.assignment !== undefined && "value" in hold({}, "signIn.groups", "signIn.everyone")) return;
  let groups: readonly string[] = [];
  await learn({
    text: "Okta groups that may come in, with commas between (`*` for everyone)",
    read: (line) => {
      if (line === "*") return { value: { assignment: { everyone: true } } };
      groups = listOf(line);
      return hold({ assignment: groupsOf(groups, false) }, "signIn.groups");
    },
  });
  if (groups.length === 0) return;
  await learn({
    text: "Make those that are missing (y/n)",
    otherwise: "n",
    read: (line) => yesOrNo(line, (create) => ({ value: { assignment: groupsOf(groups, create) } })),
  });
}

async function askExternal(flags: Given, learn: Learn, hold: Hold, now: () => Given, io: InterviewIo): Promise<void> {
  const { workspace } = io.surrounding;
  const { slug = "", idp = "", apps = [] } = now();
  const methods = sharedClientAuth({ idp, apps, external: now() }, workspace);
  if (flags.clientAuth === undefined && methods.length > 1) {
    const choices = methods.map((method): Choice => [method, authText[method]]);
    await learn({
      text: "How the app proves itself to the provider",
      choices,
      otherwise: methods[0],
      read: (line) =>
        fromChoice(line, choices, (chosen) =>
          hold({ clientAuth: methods.find((method) => method === chosen) }, "signIn.clientAuth"),
        ),
    });
  }
  const secret = needsSecret(now().clientAuth ?? methods[0]);
  if (flags.status === undefined) {
    await learn({
      text: `Has the customer handed over issuer${secret ? ", client id and secret" : " and client id"} (y/n)`,
      otherwise: "n",
      read: (line) => yesOrNo(line, (handed) => ({ value: { status: handed ? "active" : "draft" } })),
    });
  }
  const draft = now().status === "draft";
  await learn({
    text: draft ? "Issuer (empty: not known yet)" : "Issuer, exactly as the provider writes it",
    first: flags.issuer,
    optional: draft,
    read: (issuer) => (issuer === "" ? { value: {} } : hold({ issuer }, "signIn.external.issuer")),
  });
  if (draft) return;
  await learn({
    text: "Client id",
    first: flags.clientId,
    read: (clientId) => hold({ clientId }, "signIn.external.clientId"),
  });
  if (!secret) return;
  await learn({
    text: "Where the client secret is (a reference, never the secret itself)",
    first: flags.clientSecret,
    otherwise: proposeSecret(slug, workspace),
    read: (clientSecret) => hold({ clientSecret }, "signIn.external.clientSecret"),
  });
}

const authText = {
  client_secret_basic: "secret in the Authorization header",
  client_secret_post: "secret in the form",
  private_key_jwt: "the app's own key; no secret is shared",
  none: "not at all (a public client)",
} as const;

/** Keys of a tenant file, as far as one answer decides them. */
type Field =
  | "name"
  | "tenant"
  | "domains"
  | "connections"
  | "status"
  | `signIn.${"idp" | "groups" | "everyone" | "enabledConnections" | "clientAuth"}`
  | `signIn.external.${"issuer" | "clientId" | "clientSecret"}`;

/** What `validate` would say of these fields, with what is not known yet filled in by what nobody can object to. */
function problemOf(given: Given, fields: readonly Field[], io: InterviewIo): string | undefined {
  const { surrounding, today, id } = io;
  const { workspace, tenants } = surrounding;
  if (fields.includes("tenant") && tenants.some(({ tenant }) => tenant === given.slug)) {
    return `the tenant \`${given.slug}\` is there already`;
  }
  const filled: Given = {
    ...given,
    slug: given.slug ?? id,
    name: given.name ?? "Name",
    status: given.status ?? "draft",
    domains: given.domains ?? [`${id}.invalid`],
    idp: given.idp ?? externalIdp,
    apps: given.apps ?? [...workspace.apps.keys()].slice(0, 1),
  };
  const open = openFields(filled.apps ?? [], given.blocks ?? {}, workspace);
  const blocks = open.reduce((all, each) => withField(all, each, each.propose(id)), given.blocks ?? {});
  const answers: Answers = answersOf({ ...filled, blocks }, id, workspace);
  const { issues } = checkAnswers(answers, surrounding, today);
  const own = issues.filter((issue) => issue.code.startsWith("FILE_") || fields.some((field) => isAt(issue, field)));
  return own.length === 0
    ? undefined
    : [...new Set(own.map(({ message, hint }) => `${message} (${hint})`))].join("\n  ");
}

function isAt({ path }: Issue, field: Field): boolean {
  const written = path[0] === "signIns" && path[1] === "default" ? ["signIn", ...path.slice(2)] : path;
  const text = written.join(".");
  return text === field || text.startsWith(`${field}.`);
}

interface Question {
  readonly text: string;
  /** Listed before the question, with numbers that may be answered. */
  readonly choices?: readonly Choice[];
  /** Taken as answered already, when it is right. */
  readonly first?: string | undefined;
  /** What an empty line means. */
  readonly otherwise?: string | undefined;
  /** Whether an empty line is an answer. */
  readonly optional?: boolean;
  readonly read: (line: string) => Told<Partial<Given>>;
}

type Choice = readonly [name: string, what: string];

async function put(question: Question, io: InterviewIo): Promise<Partial<Given>> {
  const { text, choices = [], first, otherwise, optional = false, read } = question;
  const hear = (line: string): Told<Partial<Given>> =>
    line === "" && !optional ? { problem: "an answer is needed" } : read(line);
  if (first !== undefined) {
    const told = hear(first);
    if ("value" in told) return told.value;
    io.say(`  ${told.problem}`);
  }
  const widest = Math.max(0, ...choices.map(([name]) => name.length));
  for (const [index, [name, what]] of choices.entries()) io.say(`  ${index + 1}  ${name.padEnd(widest)}  ${what}`);
  for (;;) {
    const line = await io.conversation.question(`${text}${otherwise === undefined ? "" : ` [${otherwise}]`}: `);
    if (line === undefined) {
      io.say("");
      throw new TenantryError("CLI_NEW_ABANDONED", "nothing was written: the questions were not answered to their end");
    }
    const told = hear(line.trim() || (otherwise ?? ""));
    if ("value" in told) return told.value;
    io.say(`  ${told.problem}`);
  }
}

function listOf(line: string): readonly string[] {
  return line
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function fromChoice<T>(line: string, choices: readonly Choice[], then: (name: string) => Told<T>): Told<T> {
  const chosen = choices.find(([name], index) => name === line || String(index + 1) === line);
  if (chosen === undefined) return { problem: `choose one of ${choices.map(([name]) => name).join(", ")}` };
  return then(chosen[0]);
}

function fromChoices<T>(
  line: string,
  choices: readonly Choice[],
  then: (names: readonly string[]) => Told<T>,
): Told<T> {
  const names: string[] = [];
  for (const part of listOf(line)) {
    const told = fromChoice(part, choices, (name): Told<string> => ({ value: name }));
    if ("problem" in told) return { problem: told.problem.replace("one of", "from") };
    names.push(told.value);
  }
  return then([...new Set(names)]);
}

function yesOrNo<T>(line: string, then: (yes: boolean) => Told<T>): Told<T> {
  if (/^y(es)?$/i.test(line)) return then(true);
  return /^no?$/i.test(line) ? then(false) : { problem: "answer y or n" };
}
