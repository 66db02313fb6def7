import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const repository = fileURLToPath(new URL("../../", import.meta.url));

/** One golden case: a folder with a workspace and what it must come to. */
export interface GoldenCase {
  readonly name: string;
  /** Holds `desired.json` or `issues.txt`. */
  readonly folder: string;
  /** The workspace's folder. */
  readonly root: string;
}

const valid = "002-two-sign-ins";

/** What version control or an editor would not keep as it is, and so is written when the test runs. */
const written: Readonly<Record<string, (root: string) => void>> = {
  "102-too-large": (root) => {
    write(root, "tenantry.yaml", `${"# as large as may be\n".repeat(12_483)}#\n`);
    write(root, "tenants/whiterabbit.yaml", `# ${"x".repeat(256 * 1024)}\n`);
    write(root, "tenants/redqueen.yaml", `notes:\n${"  - a: b\n".repeat(655_360)}`);
  },
  "103-not-utf8": (root) => write(root, "tenants/whiterabbit.yaml", Buffer.from("name: M\xfcller\n", "latin1")),
  "104-hidden-characters": (root) => {
    write(root, "tenants/mark.yaml", "\ufefftenant: mark\n");
    write(root, "tenants/terminal.yaml", "tenant: terminal\nname: Foods \u001b[2J\n");
    write(root, "tenants/other-text.yaml", "tenant: other-text\ndomains: [a.example] # \u202e]elpmaxe.b[\n");
    write(root, "tenants/escaped.yaml", 'tenant: escaped\nname: "Foods \\e[2J"\n"not\\u200Bes": "\\uD800"\n');
    write(root, "tenants/line-separator.yaml", "name: a\u2028b\n");
    write(root, "tenants/joined.yaml", "name: \u{1f469}\u200d\u{1f373}\n");
  },
  "106-not-yaml": (root) => {
    write(root, "tenants/tab.yaml", "tenant: tab\nsignIn:\n\tidp: workforce\n");
    write(root, "tenants/quote.yaml", 'tenant: quote\nname: "Whiterabbit Foods\nstatus: active\n');
    write(root, "tenants/twice.yaml", "tenant: twice\nname: Whiterabbit\nname: Red Queen\n");
    write(root, "tenants/twice-by-type.yaml", '1: Whiterabbit\n"1": Red Queen\n');
    write(root, "tenants/list-as-key.yaml", "? [a, b]\n: c\n");
    write(root, "tenants/colon.yaml", "tenant: colon\nname: Foods: and more\n");
    write(root, "tenants/bracket.yaml", "tenant: bracket\ndomains: [whiterabbit.example\nstatus: active\n");
    write(root, "tenants/indent.yaml", "tenant: indent\nsignIn:\n    idp: workforce\n  groups: [staff]\n");
    write(root, "tenants/prototype.yaml", "tenant: prototype\nsignIn:\n  __proto__: { idp: workforce }\n");
  },
  "126-not-plain-files": (root) => {
    mkdirSync(join(root, "tenants/folder.yaml"));
    symlinkSync("whiterabbit.yaml", join(root, "tenants/link.yaml"));
    symlinkSync("nowhere", join(root, "tenants/dangling.yml"));
    write(root, "tenants/escape\u001b[2J.yml", "");
  },
  "128-folder-of-tenants-is-a-link": (root) => {
    renameSync(join(root, "tenants"), join(root, "elsewhere"));
    symlinkSync("elsewhere", join(root, "tenants"));
  },
  "127-nested-too-deeply": (root) => {
    write(root, "tenants/brackets.yaml", "[".repeat(20_000));
    write(root, "tenants/lists.yaml", `${"- ".repeat(20_000)}x\n`);
    write(root, "tenants/maps.yaml", `${"{a: ".repeat(5_000)}1${"}".repeat(5_000)}\n`);
  },
};

/** All cases by name, and a way to remove what had to be written for them. */
export function goldenCases(): { readonly cases: readonly GoldenCase[]; remove(): void } {
  const temporary = mkdtempSync(join(tmpdir(), "tenantry-golden-"));
  const cases = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d{3}-/.test(entry.name))
    .map(({ name }): GoldenCase => {
      const own = join(folder, name);
      if (name === "001-example") return { name, folder: own, root: repository };
      const make = written[name];
      if (make === undefined) return { name, folder: own, root: own };
      const root = join(temporary, name);
      cpSync(join(folder, valid), root, { recursive: true });
      make(root);
      return { name, folder: own, root };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const unknown = Object.keys(written).filter((name) => !cases.some((one) => one.name === name));
  if (unknown.length > 0) throw new Error(`no folder for ${unknown.join(", ")}`);
  return { cases, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}

function write(root: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
