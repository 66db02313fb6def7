import { type Import, isNode, nameOf, roomOf, type SourceFile, type SyntaxNode } from "./source.ts";

// The borders of the rooms, as rules over parsed files. Each gives one line per breach: `path:line  what`.

/** A rule over all files together. */
export type Rule = (files: readonly SourceFile[]) => readonly string[];

/** From left to right; rooms on one level do not import one another. */
const levels: readonly (readonly string[])[] = [
  ["errors"],
  ["workspace"],
  ["tenant"],
  ["desired"],
  ["rules"],
  ["plan"],
  ["secret"],
  ["store"],
  ["vendor"],
  ["idp", "app"],
  ["verify"],
  ["stacks"],
  ["engine"],
  ["apply"],
  ["cli"],
];

const levelOf = new Map(levels.flatMap((rooms, level) => rooms.map((room): [string, number] => [room, level])));

/** Rooms that do no I/O, tell no time and are never async. */
const pureRooms = new Set(["errors", "workspace", "tenant", "desired", "rules", "plan"]);

const longestFile = 400;

/** A room imports only rooms to its left, and nothing but rooms. */
const roomOrder: Rule = each((file) => {
  const own = levelOf.get(roomOf(file.path) ?? "");
  if (own === undefined) return [];
  return file.imports.flatMap(({ target, line }) => {
    const room = target === undefined ? undefined : roomOf(target);
    if (target === undefined || room === "sandbox" || room === roomOf(file.path)) return [];
    if (room === undefined) return target === "package.json" ? [] : [{ line, what: `imports ${target}, outside src` }];
    const other = levelOf.get(room);
    if (other === undefined) return [{ line, what: `imports ${target}, which is no room` }];
    return other < own ? [] : [{ line, what: `${roomOf(file.path)} imports ${room}, which is not to its left` }];
  });
});

/** Every file of src lies in a room that the order knows. */
const knownRooms: Rule = each((file) => {
  if (!file.path.startsWith("src/") || levelOf.has(roomOf(file.path) ?? "")) return [];
  return [{ line: 1, what: "lies in no room of the order" }];
});

/** `idp/okta`, `app/sql`…: a kind imports itself and what all kinds share, never another kind. */
const kindsApart: Rule = each((file) => {
  const kind = kindOf(file.path);
  return file.imports.flatMap(({ target, line }) => {
    const other = target === undefined ? undefined : kindOf(target);
    if (kind === undefined || other === undefined || kind === other) return [];
    return [{ line, what: `${kind} imports ${other}` }];
  });
});

/** src knows the sandbox in its commands only, loaded when they run; the sandbox knows src by its types only. */
const sandboxApart: Rule = each((file) => {
  const room = roomOf(file.path);
  return file.imports.flatMap(({ target, kind, line }) => {
    const other = target === undefined ? undefined : roomOf(target);
    if (file.path.startsWith("src/") && other === "sandbox") {
      if (room !== "cli") return [{ line, what: `${room} imports the sandbox` }];
      return kind === "static" ? [{ line, what: "imports the sandbox, but not lazily" }] : [];
    }
    if (room === "sandbox" && target?.startsWith("src/") && kind !== "type" && other !== "errors") {
      return [{ line, what: `the sandbox imports ${target}` }];
    }
    return [];
  });
});

/** Where a package may be imported, as beginnings of paths. Only these are limited. */
const owners: readonly { readonly module: RegExp; readonly at: readonly string[] }[] = [
  // Outside data enters here: files, saved plans, rows of the databases, documents of issuers, worlds of a sandbox.
  {
    module: /^zod(\/|$)/,
    at: [
      "src/workspace/",
      "src/tenant/",
      "src/plan/saved.ts",
      "src/store/",
      "src/app/sql/rows.ts",
      "src/app/file/mark.ts",
      "src/app/http/answers.ts",
      "src/verify/",
      "sandbox/world-",
    ],
  },
  { module: /^yaml(\/|$)/, at: ["src/workspace/", "src/app/"] },
  { module: /^(@okta\/|auth0(\/|$)|@workos)/, at: ["src/vendor/"] },
  { module: /^(@aws-sdk\/|@google-cloud\/|@1password\/)/, at: ["src/vendor/"] },
  { module: /^openid-client(\/|$)/, at: ["src/verify/"] },
  { module: /^(kysely(\/|$)|node:sqlite$|pg$)/, at: ["src/store/", "src/app/sql/", "sandbox/portal/"] },
  { module: /^node:child_process$/, at: ["src/engine/", "scripts/"] },
  { module: /^commander(\/|$)/, at: ["src/cli/"] },
  { module: /^(undici(\/|$)|ipaddr\.js$)/, at: ["src/verify/", "src/vendor/"] },
  { module: /^(cdktf|constructs|@cdktf\/)/, at: ["stacks/okta/"] },
  { module: /^@pulumi\//, at: ["stacks/auth0/", "src/engine/pulumi"] },
  { module: /^(oidc-provider|fastify|@peculiar\/x509|reflect-metadata)(\/|$)/, at: ["sandbox/"] },
];

/** Each package stays in the room that owns it. */
const packagesAtHome: Rule = each((file) =>
  file.imports.flatMap(({ specifier, target, line }) => {
    if (specifier === undefined || target !== undefined) return [];
    const owner = owners.find(({ module }) => module.test(specifier));
    if (owner === undefined || owner.at.some((place) => file.path.startsWith(place))) return [];
    return [{ line, what: `imports ${specifier}, which belongs to ${owner.at.join(", ")}` }];
  }),
);

/** Modules are named by text, so that these rules see them. */
const importsReadable: Rule = each((file) =>
  file.imports.flatMap(({ specifier, line }) =>
    specifier === undefined ? [{ line, what: "imports a module whose name is computed" }] : [],
  ),
);

/** `process` and printing belong to the command line: everywhere else they are passed in. */
const processInCli: Rule = each((file) => {
  if (roomOf(file.path) === "cli" || file.path.startsWith("scripts/")) return [];
  const used = file.nodes.flatMap(({ node, parent }) => {
    const name = globalName(node, parent);
    return name === "process" || name === "console" ? [{ line: file.lineOf(node), what: `uses ${name}` }] : [];
  });
  // The sandbox is a program of its own: it may ask for its pid, but prints nothing.
  const imported = file.path.startsWith("src/")
    ? file.imports.flatMap(({ specifier, line }) =>
        /^(node:)?(process|console)$/.test(specifier ?? "") ? [{ line, what: `imports ${specifier}` }] : [],
      )
    : [];
  return [...used, ...imported];
});

const impureModules =
  /^(node:)?(fs|net|tls|http|https|http2|dgram|dns|child_process|timers|worker_threads|readline|sqlite)(\/|$)/;
const impureGlobals = new Set([
  "fetch",
  "performance",
  "queueMicrotask",
  "setImmediate",
  "setInterval",
  "setTimeout",
  "WebSocket",
]);

/** Pure rooms: no I/O, nothing async, no clock, no chance. */
const purity: Rule = each((file) => {
  if (!file.path.startsWith("src/") || !pureRooms.has(roomOf(file.path) ?? "")) return [];
  const modules = file.imports.flatMap(({ specifier, kind, names, line }) => {
    if (kind === "dynamic") return [{ line, what: "loads a module lazily, which is async" }];
    if (impureModules.test(specifier ?? "")) return [{ line, what: `imports ${specifier}` }];
    if (specifier === "node:crypto" && names.some((name) => name !== "createHash" && name !== "createHmac")) {
      return [{ line, what: `imports ${names.join(", ")} of node:crypto; a pure room may only hash` }];
    }
    return [];
  });
  const nodes = file.nodes.flatMap(({ node, parent }) => {
    const what = impurity(node, parent);
    return what === undefined ? [] : [{ line: file.lineOf(node), what }];
  });
  return [...modules, ...nodes];
});

function impurity(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (node.async === true) return "has an async function";
  if (node.type === "AwaitExpression" || (node.type === "ForOfStatement" && node.await === true)) return "awaits";
  if (node.type === "MemberExpression") {
    const member = `${nameOf(node.object)}.${memberName(node)}`;
    if (["Date.now", "Math.random", "crypto.randomUUID", "crypto.getRandomValues"].includes(member)) {
      return `uses ${member}`;
    }
  }
  const called = node.type === "NewExpression" || node.type === "CallExpression";
  if (called && nameOf(node.callee) === "Date" && (node.type === "CallExpression" || isEmpty(node.arguments))) {
    return "reads the clock by Date";
  }
  const name = globalName(node, parent);
  return name !== undefined && impureGlobals.has(name) ? `uses ${name}` : undefined;
}

/** No file imports itself by way of others or by types. A lazy import is a call, and calls may go round. */
const noCycles: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push([...trail.slice(start), path].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    for (const { target, kind } of byPath.get(path)?.imports ?? []) {
      if (target !== undefined && kind !== "dynamic" && byPath.has(target)) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
};

/** A file has one purpose and can be read in one go. */
const shortFiles: Rule = each((file) =>
  file.lines < longestFile ? [] : [{ line: file.lines, what: `has ${file.lines} lines; under ${longestFile} may be` }],
);

/** Every rule by its name. */
export const rules = {
  roomOrder,
  knownRooms,
  kindsApart,
  sandboxApart,
  packagesAtHome,
  importsReadable,
  processInCli,
  purity,
  noCycles,
  shortFiles,
} as const satisfies Readonly<Record<string, Rule>>;

/** The name of an identifier that stands for a variable, or that is taken from `globalThis`. */
function globalName(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (node.type === "MemberExpression" && ["globalThis", "global"].includes(nameOf(node.object) ?? "")) {
    return memberName(node);
  }
  if (node.type !== "Identifier" || parent === undefined) return undefined;
  const computed = parent.computed === true;
  if (parent.type === "MemberExpression" && parent.property === node && !computed) return undefined;
  if ("key" in parent && parent.key === node && !computed) return undefined;
  if (/^(Import|Export).*Specifier$/.test(parent.type) && parent.local !== node) return undefined;
  return nameOf(node);
}

function memberName(node: SyntaxNode): string | undefined {
  if (node.computed !== true) return nameOf(node.property);
  return isNode(node.property) && typeof node.property.value === "string" ? node.property.value : undefined;
}

function kindOf(path: string): string | undefined {
  return /^src\/((idp|app)\/[^/]+)\//.exec(path)?.[1];
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function each(check: (file: SourceFile) => readonly { readonly line: Import["line"]; readonly what: string }[]): Rule {
  return (files) => files.flatMap((file) => check(file).map(({ line, what }) => `${file.path}:${line}  ${what}`));
}
