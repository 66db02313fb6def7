import type { AppTenant, ConnectionKey } from "../../desired/connection.ts";
import { canonicalJson } from "../../desired/json.ts";
import { parseConnectionKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import { recordFields } from "../../plan/fields.ts";
import { Secret } from "../../secret/secret.ts";
import type { FileApp } from "../../workspace/apps/file.ts";
import { fillSink } from "../../workspace/secret-sink.ts";
import type { AppAdapter, ProvenDomains, RecordWrite } from "../app.ts";
import type { AppOpenOptions } from "../open-options.ts";
import { checkPlainSecret } from "../plain-secret.ts";
import { defaultTemplate, formats } from "./default-template.ts";
import { type OwnFile, openFiles, type Place } from "./files.ts";
import type { Mark } from "./mark.ts";
import { observeFiles } from "./observe.ts";
import { printFile } from "./print.ts";
import { readTemplate, shownText, type Template } from "./template.ts";
import { expectText, type FileSecret } from "./values.ts";

/** A file with a secret in it is its owner's alone. */
const secretMode = 0o600;
const openMode = 0o644;

/**
 * The connection records of an app that reads them from files, one each. Each change puts a whole file in the place of the
 * one before; the old one is kept beside it until the change is proven. Looks at nothing before the first operation.
 *
 * @throws TenantryError APPFILE_…, SECRET_IN_REPOSITORY, of every operation
 */
export async function openFileApp(options: AppOpenOptions<FileApp>): Promise<AppAdapter> {
  const { app, workspace, clock, know } = options;
  const format = formats[app.format];
  const files = openFiles({ app, workspace, format });
  let read: Promise<Template> | undefined;
  const template = (): Promise<Template> => (read ??= templateOf());
  const proven = new Map<string, ProvenDomains>();

  async function templateOf(): Promise<Template> {
    if (app.template === undefined) return defaultTemplate(app);
    const text = await files.read(app.template);
    const shown = app.template;
    if (text === undefined) throw new TenantryError("APPFILE_TEMPLATE_INVALID", `the template ${shown} is not there`);
    const found = readTemplate(format, text, shown);
    const holds = found.filled.some(({ names }) => names.includes("clientSecret"));
    if (holds === app.plainSecrets) return found;
    const message = holds
      ? `the template ${shown} has {{clientSecret}}, and the app ${app.name} may not have secrets in its file`
      : `the template ${shown} has no {{clientSecret}}, and the app ${app.name} has its secrets nowhere else`;
    throw new TenantryError("APPFILE_TEMPLATE_INVALID", message);
  }

  /** @throws TenantryError APPFILE_FOREIGN_RECORD */
  const own = async (key: ConnectionKey): Promise<OwnFile | undefined> => {
    const found = await files.look(key);
    if (found === undefined || "own" in found) return found?.own;
    const { shown } = await files.place(key);
    throw new TenantryError("APPFILE_FOREIGN_RECORD", `the file ${shown} of the app ${app.name} ${found.foreign}`);
  };

  const secretIn = async (there: OwnFile): Promise<FileSecret> => ({
    value: app.plainSecrets ? shownText(format, await template(), there.parsed.tree, "clientSecret") : undefined,
    reference: referenceOf(there.mark.key as ConnectionKey),
  });
  const referenceOf = (key: ConnectionKey): string | undefined => {
    const parts = parseConnectionKey(key);
    if (app.secretSink === undefined || parts === undefined) return undefined;
    return fillSink(app.secretSink, { ...parts, workspace: workspace.name, environment: workspace.environment });
  };

  /** The text of the file with that mark: what others have in it stays. */
  const textOf = async (there: OwnFile | undefined, mark: Mark, secret: FileSecret): Promise<string> =>
    printFile({ format, template: await template(), there: there?.parsed, mark, secret });

  /** The file with another mark, if that changes anything. */
  const rewrite = async ({ path, shown }: Place, there: OwnFile, mark: Mark): Promise<void> => {
    const secret = await secretIn(there);
    const text = await textOf(there, mark, secret);
    const holds = mark.state === "active" && secret.value !== undefined;
    if (text !== there.text) await files.replace(path, shown, text, holds ? secretMode : openMode);
  };

  const routedAfter = (there: Mark["tenant"] | undefined, tenant: AppTenant, routed: readonly string[]) =>
    [...routed].sort().map((domain) => {
      const before = there?.routed.find((one) => one.domain === domain);
      const verification = proven.get(tenant.tenant)?.get(domain);
      return before ?? { domain, verifiedAt: new Date(clock()).toISOString(), verification: verification ?? "kept" };
    });
  const tenantOf = (
    there: Mark["tenant"] | undefined,
    tenant: AppTenant,
    routed: readonly string[],
  ): Mark["tenant"] => ({
    id: tenant.id,
    name: tenant.name,
    status: tenant.status,
    domains: [...tenant.domains].sort(),
    routed: routedAfter(there, tenant, routed),
  });

  const markOf = (write: RecordWrite, there: OwnFile | undefined, isNew: boolean): Mark => ({
    version: 1,
    workspace: workspace.name,
    environment: workspace.environment,
    key: write.record.key,
    state: "active",
    ...(isNew ? { unproven: true as const } : {}),
    specDigest: write.specDigest,
    ...(write.secret === undefined ? {} : { secretId: write.secret.id }),
    fields: recordFields(write.record, write.discovery),
    tenant: tenantOf(there?.mark.tenant, write.appTenant, write.routed),
  });

  const off = async (key: ConnectionKey, there: OwnFile): Promise<void> => {
    const place = await files.place(key);
    const { unproven: _gone, ...mark } = there.mark;
    await rewrite(place, there, { ...mark, state: "disabled" });
    await files.remove(place.kept, place.shown);
  };

  return {
    name: app.name,
    gate: "atomic",
    showsSecret: app.plainSecrets,

    observe: async (wanted, others = true) =>
      observeFiles({ app, files, format, template: await template(), secretIn }, wanted, others),

    async writeTenant(tenant, domains = new Map()) {
      proven.set(tenant.tenant, domains);
      for (const mark of await files.all()) {
        if (parseConnectionKey(mark.key)?.tenant !== tenant.tenant) continue;
        const key = mark.key as ConnectionKey;
        const there = await own(key);
        if (there === undefined) continue;
        const before = there.mark.tenant.routed.map(({ domain }) => domain);
        const routed = tenant.domains.filter((domain) => before.includes(domain) || domains.has(domain));
        const next = { ...there.mark, tenant: tenantOf(there.mark.tenant, tenant, routed) };
        await rewrite(await files.place(key), there, next);
      }
    },

    async write(write) {
      const { key } = write.record;
      const { path, shown, kept } = await files.place(key);
      const there = await own(key);
      if (there?.mark.state === "tombstone") throw retired(key);
      const plain = app.plainSecrets ? write.secret?.value.reveal() : undefined;
      if (plain !== undefined) {
        expectText(plain, "the client secret", key);
        for (const at of [path, kept]) {
          const name = at === path ? shown : `${shown}.previous`;
          await checkPlainSecret({ app: app.name, shown: name, path: at, isIgnored: options.isIgnored });
        }
      }
      const serves = there?.mark.state === "active" && there.mark.unproven !== true;
      const mark = markOf(write, there, !serves);
      expectText(canonicalJson(mark), "a value", key);
      const text = await textOf(there, mark, { value: plain, reference: referenceOf(key) });
      if (text === there?.text) return;
      // The first that was kept stays: it is what was proven last.
      if (serves && (await files.kept(key)) === undefined) await files.replace(kept, shown, there.text, secretMode);
      await files.replace(path, shown, text, plain === undefined ? openMode : secretMode);
    },

    async activate(key) {
      const there = await own(key);
      const { shown } = await files.place(key);
      if (there?.mark.state === "active") return;
      if (there?.mark.state === "tombstone") throw retired(key);
      const why = there === undefined ? "is not there" : "is switched off";
      throw new TenantryError("APPFILE_RECORD_MISSING", `the file ${shown} of the app ${app.name} ${why}`);
    },

    async settle(key) {
      const there = await own(key);
      if (there === undefined) return;
      const place = await files.place(key);
      const { unproven, ...mark } = there.mark;
      if (unproven === true) await rewrite(place, there, mark);
      await files.remove(place.kept, place.shown);
    },

    async restore(key) {
      const there = await own(key);
      if (there === undefined) return;
      if (there.mark.unproven === true) return off(key, there);
      const old = await files.kept(key);
      if (old === undefined) return;
      const { path, kept, shown } = await files.place(key);
      const holds = (await secretIn(old)).value !== undefined;
      await files.replace(path, shown, old.text, holds ? secretMode : openMode);
      await files.remove(kept, shown);
    },

    async disable(key) {
      const there = await own(key);
      if (there !== undefined && there.mark.state !== "tombstone") await off(key, there);
    },

    async remove(key) {
      const there = await own(key);
      if (there === undefined || there.mark.state === "tombstone") return;
      const place = await files.place(key);
      const { unproven: _gone, secretId: _secret, ...mark } = there.mark;
      await rewrite(place, there, {
        ...mark,
        state: "tombstone",
        fields: {},
        tenant: { ...mark.tenant, domains: [], routed: [] },
      });
      await files.remove(place.kept, place.shown);
    },

    async secretOf(key) {
      const there = await own(key);
      const value = there === undefined ? undefined : (await secretIn(there)).value;
      if (value === undefined) return undefined;
      const secret = new Secret(value);
      know(secret);
      return { id: there?.mark.secretId ?? "", value: secret };
    },

    close: async () => {},
  };
}

function retired(key: ConnectionKey): TenantryError {
  return new TenantryError("APPFILE_RECORD_RETIRED", `the record ${key} was removed, and its key is never used again`);
}
