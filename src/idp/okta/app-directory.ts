import type { ConnectionKey, Registration } from "../../desired/connection.ts";
import { objectIn } from "../../vendor/json.ts";
import type { OktaApp, OktaApps } from "../../vendor/okta/apps.ts";
import { type MarkerScope, ownKey } from "./marker.ts";
import { clientIdOf } from "./observed-app.ts";

/**
 * Where the apps of one org are. A search by label finds an app with one call, but only as long as nobody has renamed
 * it. So the ids of a whole list are remembered for the run, and when a search does not show the app, it is read by its
 * id. The whole list is read for that once at most. Only ids are remembered: what an app is like is read anew.
 */
export class AppDirectory {
  readonly #apps: OktaApps;
  readonly #scope: MarkerScope;
  readonly #idsByKey = new Map<ConnectionKey, Set<string>>();
  readonly #idByClientId = new Map<string, string>();
  #listed = false;
  #listing: Promise<unknown> | undefined;

  constructor(apps: OktaApps, scope: MarkerScope) {
    this.#apps = apps;
    this.#scope = scope;
  }

  /** Whether a whole list was read, so that a search that finds nothing takes no other. */
  get listed(): boolean {
    return this.#listed;
  }

  /** All apps as they are now, as far as telling whose they are and comparing them needs: never replace one with it. */
  async all(): Promise<readonly OktaApp[]> {
    const apps = await this.#apps.all((app) => {
      this.remember(app);
      return comparable(app, this.#scope);
    });
    this.#listed = true;
    return apps;
  }

  /** For an app that was made or found otherwise than by a list. */
  remember(app: OktaApp): void {
    const key = ownKey(app.raw, this.#scope);
    if (key !== undefined) {
      const ids = this.#idsByKey.get(key);
      if (ids === undefined) this.#idsByKey.set(key, new Set([app.id]));
      else ids.add(app.id);
    }
    const clientId = clientIdOf(app);
    if (clientId !== undefined) this.#idByClientId.set(clientId, app.id);
  }

  /**
   * Apps as they are now that could be the registration's or stand in its way: those under its label, and those known
   * to carry its marker or its client id.
   *
   * @param listing whether the whole list is read when the label shows none of ours; without, a renamed app goes unseen
   */
  async candidates(wanted: Registration, listing = true): Promise<readonly OktaApp[]> {
    const labelled = await this.#apps.startingWith(searchText(wanted));
    const own = labelled.some((app) => ownKey(app.raw, this.#scope) === wanted.key);
    if (!own && listing) await this.#listOnce();
    const ids = new Set(this.#idsByKey.get(wanted.key));
    const holder = own ? undefined : this.#idByClientId.get(wanted.clientId);
    if (holder !== undefined) ids.add(holder);
    for (const app of labelled) ids.delete(app.id);
    const read = await Promise.all([...ids].map((id) => this.#read(id)));
    return [...labelled, ...read.filter((app) => app !== undefined)];
  }

  /** An app that is gone is forgotten. */
  async #read(id: string): Promise<OktaApp | undefined> {
    const app = await this.#apps.read(id);
    if (app !== undefined) return app;
    for (const ids of this.#idsByKey.values()) ids.delete(id);
    for (const [clientId, holder] of this.#idByClientId) if (holder === id) this.#idByClientId.delete(clientId);
    return undefined;
  }

  /** Those that miss at the same time share one list; a list that failed is tried again by the next. */
  async #listOnce(): Promise<void> {
    if (this.#listed) return;
    this.#listing ??= this.all().finally(() => {
      this.#listing = undefined;
    });
    await this.#listing;
  }
}

/** Of some kilobytes, what is needed of an app in a list: much of one of ours, nearly nothing of others. */
function comparable(app: OktaApp, scope: MarkerScope): OktaApp {
  const { raw } = app;
  const { oauthClient } = objectIn(raw, "credentials");
  if (ownKey(raw, scope) === undefined) {
    return { ...app, raw: { credentials: { oauthClient: { client_id: clientIdOf(app) } } } };
  }
  const { implicitAssignment, oauthClient: settings } = objectIn(raw, "settings");
  const { accessPolicy } = objectIn(raw, "_links");
  return {
    ...app,
    raw: {
      profile: raw.profile,
      credentials: { oauthClient },
      settings: { implicitAssignment, oauthClient: settings },
      _links: { accessPolicy },
    },
  };
}

/** The beginning of the label: the key, or as much of a long key as the label holds. */
function searchText({ key, label }: Registration): string {
  return key.startsWith(label) ? label : key;
}
