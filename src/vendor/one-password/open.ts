import type { Client, Item, ItemField } from "@1password/sdk";
import { SecretFault } from "../../secret/remote.ts";
import { Secret } from "../../secret/secret.ts";
import { markText, parseMark, type SecretManager } from "../../secret/sink.ts";
import type { OnePasswordReference } from "../../workspace/reference.ts";
import { withinDeadline } from "../deadline.ts";
import { notInstalled } from "../optional-package.ts";
import { createTurns } from "../turns.ts";

/** What of the SDK's client is used: a test may bring its own, because the SDK's cannot be sent anywhere else. */
export interface OnePasswordClient {
  readonly secrets: Pick<Client["secrets"], "resolve">;
  readonly vaults: { list(): Promise<readonly { readonly id: string; readonly title: string }[]> };
  readonly items: {
    list(vaultId: string): Promise<readonly { readonly id: string; readonly title: string }[]>;
    get(vaultId: string, itemId: string): Promise<Item>;
    create(params: Parameters<Client["items"]["create"]>[0]): Promise<Item>;
    put(item: Item): Promise<Item>;
    delete(vaultId: string, itemId: string): Promise<void>;
  };
}

export interface OnePasswordOptions {
  /** Asked for when the first secret is. */
  readonly token: () => Secret;
  readonly version: string;
  /** Milliseconds for one request. */
  readonly deadline: number;
  readonly client?: OnePasswordClient | undefined;
}

/** Title of the section in which we say whose a field is. */
const marks = "tenantry";

/**
 * Secrets of 1Password, by a service account. A sink's item is made when it is missing, as an API credential; whose a
 * field is stands in a section of its own. Names are not told apart by case, as 1Password does not.
 *
 * @throws SecretFault SECRET_SDK_MISSING, SECRET_FORBIDDEN for a token that is refused
 */
export async function openOnePassword(options: OnePasswordOptions): Promise<SecretManager<OnePasswordReference>> {
  const { deadline } = options;
  const client = options.client ?? (await ownClient(options));
  const inTurn = createTurns();
  const reach = <T>(what: string, call: () => Promise<T>): Promise<T> =>
    withinDeadline(deadline, (signal) => Promise.race([call(), aborted(signal)])).catch((error: unknown) => {
      throw error instanceof SecretFault ? error : faultOf(what, error);
    });

  const find = async ({ vault, item }: OnePasswordReference): Promise<{ vaultId: string; item?: Item }> => {
    const vaultId = only(await reach(`find the vault ${vault}`, () => client.vaults.list()), vault, "vaults");
    if (vaultId === undefined) throw new SecretFault("SECRET_UNRESOLVED", `there is no vault ${vault} that we may see`);
    const itemId = only(await reach(`find ${item}`, () => client.items.list(vaultId)), item, "items");
    if (itemId === undefined) return { vaultId };
    return { vaultId, item: await reach(`read ${item}`, () => client.items.get(vaultId, itemId)) };
  };

  return {
    async read({ text, item }) {
      const value = await reach(`read ${item}`, () => client.secrets.resolve(text));
      return new Secret(value);
    },

    async look(reference) {
      const { item } = await find(reference);
      const field = item === undefined ? undefined : fieldOf(item, reference);
      if (item === undefined || field === undefined) return undefined;
      return { value: new Secret(field.value), mark: parseMark(markOf(item, reference)?.value) };
    },

    put: (reference, secret, mark) =>
      inTurn(`${reference.vault}/${reference.item}`.toLowerCase(), async () => {
        const { vaultId, item } = await find(reference);
        const there = item === undefined ? undefined : fieldOf(item, reference);
        const found = item === undefined ? undefined : markOf(item, reference);
        const isFree = there === undefined && found === undefined;
        if (!isFree && parseMark(found?.value)?.owner !== mark.owner) {
          throw new SecretFault(
            "SECRET_SINK_FOREIGN",
            `${reference.text} holds a secret that this connection did not put there`,
          );
        }
        if (there?.value === secret.reveal() && found?.value === markText(mark)) return;
        const changed = withField(item ?? { fields: [], sections: [] }, reference, secret.reveal(), markText(mark));
        if (item === undefined) {
          const { category } = await categories();
          await reach(`make ${reference.item}`, () =>
            client.items.create({ vaultId, title: reference.item, category, ...changed }),
          );
        } else await reach(`write ${reference.item}`, () => client.items.put({ ...item, ...changed }));
      }),

    drop: (reference, owner) =>
      inTurn(`${reference.vault}/${reference.item}`.toLowerCase(), async () => {
        const { vaultId, item } = await find(reference);
        if (item === undefined || parseMark(markOf(item, reference)?.value)?.owner !== owner) return;
        const gone = [fieldOf(item, reference), markOf(item, reference)];
        const fields = item.fields.filter((field) => !gone.includes(field));
        if (fields.length === 0) await reach(`delete ${reference.item}`, () => client.items.delete(vaultId, item.id));
        else await reach(`write ${reference.item}`, () => client.items.put({ ...item, fields }));
      }),

    // The SDK's client holds nothing open.
    close: async () => {},
  };
}

/** The SDK takes no signal: a request that is too late is left to itself. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function ownClient({ token, version }: OnePasswordOptions): Promise<OnePasswordClient> {
  const sdk = await import("@1password/sdk").catch(notInstalled("@1password/sdk"));
  try {
    return await sdk.createClient({
      auth: token().reveal(),
      integrationName: "Tenantry",
      integrationVersion: version,
    });
  } catch (error) {
    throw faultOf("let us in", error);
  }
}

/** Names of the SDK's kinds, without loading it for a test's client. */
async function categories() {
  const { ItemCategory } = await import("@1password/sdk").catch(notInstalled("@1password/sdk"));
  return { category: ItemCategory.ApiCredentials };
}

/** Id of the one of that title or id; undefined: none. */
function only(
  all: readonly { readonly id: string; readonly title: string }[],
  name: string,
  what: string,
): string | undefined {
  const same = all.filter(({ id, title }) => id === name || title.toLowerCase() === name.toLowerCase());
  if (same.length > 1) throw new SecretFault("SECRET_UNRESOLVED", `there are ${same.length} ${what} named ${name}`);
  return same[0]?.id;
}

function sectionId({ sections }: Pick<Item, "sections">, title: string): string | undefined {
  return sections.find((section) => section.title.toLowerCase() === title.toLowerCase())?.id;
}

function fieldOf(item: Item, { section, field }: OnePasswordReference): ItemField | undefined {
  const within = section === undefined ? undefined : sectionId(item, section);
  if (section !== undefined && within === undefined) return undefined;
  const marked = sectionId(item, marks);
  return item.fields.find(
    (each) =>
      each.title.toLowerCase() === field.toLowerCase() &&
      (section === undefined ? each.sectionId === undefined || each.sectionId !== marked : each.sectionId === within),
  );
}

/** Title of the field that says whose another one is. */
function markTitle({ section, field }: OnePasswordReference): string {
  return section === undefined ? field : `${section}/${field}`;
}

function markOf(item: Item, reference: OnePasswordReference): ItemField | undefined {
  const within = sectionId(item, marks);
  const title = markTitle(reference).toLowerCase();
  return within === undefined
    ? undefined
    : item.fields.find((each) => each.sectionId === within && each.title.toLowerCase() === title);
}

/** Fields and sections with the value and its mark set; what else is there stays. */
function withField(
  item: Pick<Item, "fields" | "sections">,
  reference: OnePasswordReference,
  value: string,
  mark: string,
): Pick<Item, "fields" | "sections"> {
  const sections = [...item.sections];
  const inSection = (title: string): string => {
    const there = sectionId({ sections }, title);
    if (there !== undefined) return there;
    const id = freshId(title, (taken) => sections.some((section) => section.id === taken));
    sections.push({ id, title });
    return id;
  };
  const fields = [...item.fields];
  const set = (title: string, within: string | undefined, fieldType: "Concealed" | "Text", text: string): void => {
    const at = fields.findIndex(
      (each) => each.title.toLowerCase() === title.toLowerCase() && each.sectionId === within,
    );
    const old = fields[at];
    if (old !== undefined) fields[at] = { ...old, value: text };
    else {
      const id = freshId(`${within ?? "field"}_${title}`, (taken) => fields.some((field) => field.id === taken));
      // The enum's members are their own names.
      const type = fieldType as ItemField["fieldType"];
      fields.push({ id, title, ...(within === undefined ? {} : { sectionId: within }), fieldType: type, value: text });
    }
  };
  const { section, field } = reference;
  const existing = section === undefined ? fieldOf({ ...item } as Item, reference)?.sectionId : inSection(section);
  set(field, existing, "Concealed", value);
  set(markTitle(reference), inSection(marks), "Text", mark);
  return { fields, sections };
}

function freshId(wish: string, isTaken: (id: string) => boolean): string {
  const base = wish.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
  let id = base;
  for (let count = 2; isTaken(id); count++) id = `${base}_${count}`;
  return id;
}

/** The SDK tells its errors by their words. */
function faultOf(what: string, error: unknown): SecretFault {
  const words = error instanceof Error ? error.message : typeof error === "string" ? error : "";
  if (/not found|no (item|vault|field|section)|could ?n.t be found|doesn.t exist|not .*match/i.test(words)) {
    return new SecretFault("SECRET_UNRESOLVED", `1Password does not ${what}: there is none`, { cause: error });
  }
  if (/auth|permission|forbidden|denied|token|unauthori[sz]ed/i.test(words)) {
    return new SecretFault("SECRET_FORBIDDEN", `1Password does not let us ${what}`, { cause: error });
  }
  return new SecretFault("SECRET_UNREACHABLE", `1Password could not be asked to ${what}`, { cause: error });
}
