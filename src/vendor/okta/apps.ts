import { isJsonObject, type JsonObject, objectIn, textIn } from "../json.ts";
import { type CallPurpose, OktaFailure, unexpectedAnswer } from "./failure.ts";
import { readPages } from "./paging.ts";
import type { OktaTransport } from "./transport.ts";

/** An app as the org has it. */
export interface OktaApp {
  /** The app's own id, not the client id. */
  readonly id: string;
  readonly label: string;
  readonly active: boolean;
  /** Everything that Okta said of it, without the client secret that some replies hold. */
  readonly raw: JsonObject;
}

export interface OktaApps {
  /** Apps whose label or name begins with the text, by Okta's index, which may be some seconds late. */
  startingWith(text: string): Promise<readonly OktaApp[]>;
  /** All apps, as far as they are taken: an app is some kilobytes, and there may be thousands. */
  all<T>(take: (app: OktaApp) => T): Promise<readonly T[]>;
  /** Undefined when it is not there. */
  read(id: string): Promise<OktaApp | undefined>;
  create(body: JsonObject, activate: boolean): Promise<OktaApp>;
  /** Replaces everything that may be written. Leave the client secret out: Okta keeps the one it has. */
  replace(id: string, body: JsonObject): Promise<OktaApp>;
  /** Switches on or off. Asked again by its state when the reply was lost, so that it is safe to call twice. */
  switchTo(id: string, active: boolean): Promise<void>;
  /** Only an app that is switched off can be deleted. Gone already is done. */
  remove(id: string): Promise<void>;
  groupIds(id: string): Promise<readonly string[]>;
  assignGroup(id: string, groupId: string): Promise<void>;
  /** Not assigned already is done. */
  unassignGroup(id: string, groupId: string): Promise<void>;
  /** Makes it the app's only access policy, instead of the one before. */
  assignPolicy(id: string, policyId: string): Promise<void>;
}

const root = "/api/v1/apps";
const reading = (what: string): CallPurpose => ({ what, scope: "okta.apps.read", writes: false });
const writing = (what: string): CallPurpose => ({ what, scope: "okta.apps.manage", writes: true });

export function oktaApps(transport: OktaTransport): OktaApps {
  const { host } = transport;
  const at = (id: string, rest = "") => `${root}/${encodeURIComponent(id)}${rest}`;

  const apps: OktaApps = {
    async startingWith(text) {
      const purpose = reading("look for apps");
      const path = `${root}?q=${encodeURIComponent(text)}&limit=200`;
      return readPages(transport, path, purpose, (item) => parseApp(host, purpose, item));
    },

    all(take) {
      const purpose = reading("list apps");
      return readPages(transport, `${root}?limit=200`, purpose, (item) => take(parseApp(host, purpose, item)));
    },

    async read(id) {
      const purpose = reading(`read app ${id}`);
      const reply = await orGone(transport.send({ method: "GET", path: at(id), purpose }));
      return reply === undefined ? undefined : parseApp(host, purpose, reply.body);
    },

    async create(body, activate) {
      const purpose = writing("create an app");
      const reply = await transport.send({ method: "POST", path: `${root}?activate=${activate}`, body, purpose });
      return parseApp(host, purpose, reply.body);
    },

    async replace(id, body) {
      const purpose = writing(`update app ${id}`);
      const reply = await transport.send({ method: "PUT", path: at(id), body, purpose });
      return parseApp(host, purpose, reply.body);
    },

    async switchTo(id, active) {
      const purpose = writing(`switch ${active ? "on" : "off"} app ${id}`);
      const path = at(id, `/lifecycle/${active ? "activate" : "deactivate"}`);
      try {
        await transport.send({ method: "POST", path, purpose });
      } catch (error) {
        if (!(error instanceof OktaFailure) || error.effect !== "unclear") throw error;
        if ((await apps.read(id))?.active === active) return;
        await transport.send({ method: "POST", path, purpose });
      }
    },

    async remove(id) {
      await orGone(transport.send({ method: "DELETE", path: at(id), purpose: writing(`delete app ${id}`) }));
    },

    async groupIds(id) {
      const purpose = reading(`list the groups of app ${id}`);
      const path = at(id, "/groups?limit=200");
      return readPages(transport, path, purpose, (item) => required(host, purpose, item, "id"));
    },

    async assignGroup(id, groupId) {
      const purpose = writing(`assign a group to app ${id}`);
      const path = at(id, `/groups/${encodeURIComponent(groupId)}`);
      await transport.send({ method: "PUT", path, body: {}, purpose });
    },

    async unassignGroup(id, groupId) {
      const purpose = writing(`take a group from app ${id}`);
      const path = at(id, `/groups/${encodeURIComponent(groupId)}`);
      await orGone(transport.send({ method: "DELETE", path, purpose }));
    },

    async assignPolicy(id, policyId) {
      const purpose = writing(`assign an access policy to app ${id}`);
      await transport.send({ method: "PUT", path: at(id, `/policies/${encodeURIComponent(policyId)}`), purpose });
    },
  };
  return apps;
}

/** The reply; undefined when the object is not there. */
export async function orGone<T>(reply: Promise<T>): Promise<T | undefined> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof OktaFailure && error.code === "OKTA_NOT_FOUND") return undefined;
    throw error;
  }
}

/** A member that must be a text. */
export function required(host: string, purpose: CallPurpose, item: unknown, name: string): string {
  const value = textIn(item, name);
  if (value === undefined || value === "") throw unexpectedAnswer(host, purpose, `\`${name}\` is missing`);
  return value;
}

function parseApp(host: string, purpose: CallPurpose, item: unknown): OktaApp {
  if (!isJsonObject(item)) throw unexpectedAnswer(host, purpose, "it is no object");
  return {
    id: required(host, purpose, item, "id"),
    label: required(host, purpose, item, "label"),
    active: required(host, purpose, item, "status") === "ACTIVE",
    raw: withoutSecret(item),
  };
}

/** Replies to POST and PUT hold the client secret; it is read from the secrets API alone, at the moment it is needed. */
function withoutSecret(item: JsonObject): JsonObject {
  const credentials = objectIn(item, "credentials");
  const client = objectIn(credentials, "oauthClient");
  if (!("client_secret" in client)) return item;
  const { client_secret: _, ...kept } = client;
  return { ...item, credentials: { ...credentials, oauthClient: kept } };
}
