import { type Item, ItemCategory } from "@1password/sdk";
import { describe, expect, test } from "vitest";
import { SecretFault } from "../../../src/secret/remote.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { SecretManager } from "../../../src/secret/sink.ts";
import { type OnePasswordClient, openOnePassword } from "../../../src/vendor/one-password/open.ts";
import { faultOf, managerSuite, markOf, referenceTo } from "../manager-suite.ts";

// The SDK's client is a program of its own that can be sent to 1Password only: here one of the same shape stands for it.

const vault = { id: "vault1", title: "Sign in" };
const items = new Map<string, Item>();
let hangs = false;

function itemOf(fields: Item["fields"], title: string, sections: Item["sections"] = []): Item {
  const id = `item${items.size + 1}`;
  const now = new Date(0);
  const rest = { notes: "", tags: ["team"], websites: [], files: [], version: 1, createdAt: now, updatedAt: now };
  return { id, title, category: ItemCategory.ApiCredentials, vaultId: vault.id, fields, sections, ...rest };
}

const client: OnePasswordClient = {
  secrets: {
    async resolve(text) {
      if (hangs) return new Promise(() => {});
      const [, , vaultName, title = "", ...rest] = text.split("/");
      const item = [...items.values()].find((one) => one.title.toLowerCase() === title.toLowerCase());
      const [field = "", section] = rest.reverse();
      const sectionId = item?.sections.find((one) => one.title === section)?.id;
      const found = item?.fields.find(
        (one) => one.title === field && (section === undefined || one.sectionId === sectionId),
      );
      if (vaultName !== vault.title || found === undefined)
        throw new Error("no item matched the secret reference query");
      return found.value;
    },
  },
  vaults: { list: async () => [vault, { id: "vault2", title: "Other" }] },
  items: {
    list: async () => [...items.values()].map(({ id, title }) => ({ id, title })),
    get: async (_vault, id) => structuredClone(items.get(id)) as Item,
    async create(params) {
      const item = itemOf(params.fields ?? [], params.title, params.sections);
      items.set(item.id, item);
      return item;
    },
    async put(item) {
      items.set(item.id, structuredClone(item));
      return item;
    },
    delete: async (_vault, id) => void items.delete(id),
  },
};

const open = async (deadline = 5_000): Promise<SecretManager> => {
  const token = (): Secret => new Secret("ops_example");
  return (await openOnePassword({ token, version: "1.0.0", deadline, client })) as unknown as SecretManager;
};
let count = 0;

describe.each([
  ["a field", "client_secret"],
  ["a field of a section", "oidc/client_secret"],
])("1Password, %s", (_name, field) => {
  managerSuite({
    open,
    fresh: () => referenceTo("op", `op://Sign in/t${count++}/${field}`),
    beside: ({ text }) => referenceTo("op", `${text}_2`),
    theirs: ({ text }, value) => {
      const [, , , title = "", ...rest] = text.split("/");
      const [name = "", section] = rest.reverse();
      const inSection = section === undefined ? {} : { sectionId: "s" };
      const item = itemOf(
        [{ id: "f", title: name, ...inSection, fieldType: "Concealed" as Item["fields"][number]["fieldType"], value }],
        title,
        section === undefined ? [] : [{ id: "s", title: section }],
      );
      items.set(item.id, item);
    },
  });
});

describe("1Password", () => {
  test("keeps what else an item has", async () => {
    const at = referenceTo("op", "op://Sign in/kept/client_secret");
    const note = { id: "n", title: "note", fieldType: "Text" as Item["fields"][number]["fieldType"], value: "theirs" };
    const item = itemOf([note], "kept");
    items.set(item.id, item);
    await (await open()).put(at, new Secret("x"), markOf("a/b"));
    const now = items.get(item.id);
    expect(now?.fields).toContainEqual(note);
    expect(now?.tags).toEqual(["team"]);
    await (await open()).drop(at, markOf("a/b").owner);
    expect(items.get(item.id)?.fields).toEqual([note]);
  });

  test("two items of one name are not guessed between", async () => {
    const [one, two] = [itemOf([], "Twice"), { ...itemOf([], "twice"), id: "other" }];
    items.set(one.id, one).set(two.id, two);
    const fault = await faultOf((await open()).look(referenceTo("op", "op://Sign in/twice/a")));
    expect(fault.message).toContain("2 items named twice");
  });

  test("a vault that we may not see, an item that is not there, and a client that never answers are told apart", async () => {
    const gone = await faultOf((await open()).look(referenceTo("op", "op://Nowhere/a/b")));
    const missing = await faultOf((await open()).read(referenceTo("op", "op://Sign in/nowhere/b")));
    hangs = true;
    const late = await faultOf((await open(20)).read(referenceTo("op", "op://Sign in/a/b")));
    hangs = false;
    expect([gone.code, missing.code, late.code]).toEqual([
      "SECRET_UNRESOLVED",
      "SECRET_UNRESOLVED",
      "SECRET_UNREACHABLE",
    ]);
  });

  test("a service account's token that is none is refused by the SDK itself, and told without it", async () => {
    const opening = openOnePassword({ token: () => new Secret("no-token-at-all"), version: "1.0.0", deadline: 5_000 });
    const fault = await opening.catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(SecretFault);
    expect(String(fault)).not.toContain("no-token-at-all");
  });
});
