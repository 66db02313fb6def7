import type { Registration } from "../../desired/connection.ts";
import type { OktaApp } from "../../vendor/okta/apps.ts";
import type { RegistrationProblem } from "../identity-provider.ts";
import { type MarkerScope, ownKey } from "./marker.ts";
import { clientIdOf } from "./observed-app.ts";

/** Which of the apps is the registration's: none, exactly one, or a reason to stop. */
export type Ownership =
  | { readonly kind: "none" }
  | { readonly kind: "own"; readonly app: OktaApp }
  | { readonly kind: "problem"; readonly problem: RegistrationProblem };

/** Apps by what ownership depends on. */
export interface AppIndex {
  readonly byKey: ReadonlyMap<string, readonly OktaApp[]>;
  readonly byClientId: ReadonlyMap<string, OktaApp>;
}

export function indexApps(scope: MarkerScope, apps: readonly OktaApp[]): AppIndex {
  const byClientId = new Map<string, OktaApp>();
  for (const app of apps) {
    const clientId = clientIdOf(app);
    if (clientId !== undefined) byClientId.set(clientId, app);
  }
  return { byKey: Map.groupBy(apps, (app) => ownKey(app.raw, scope) ?? ""), byClientId };
}

/**
 * Only the marker makes an app ours. A label proves nothing, as Okta lets two apps have the same one; an app that has
 * our client id without our marker stands in the way and is left alone.
 */
export function findOwn(host: string, wanted: Registration, apps: AppIndex): Ownership {
  const own = apps.byKey.get(wanted.key) ?? [];
  const [app, other] = own;
  if (app !== undefined && other !== undefined) {
    const ids = own.map((each) => each.id).join(", ");
    return problem(
      wanted,
      "duplicate",
      other.id,
      `Okta (${host}) has two apps with the marker of ${wanted.key}: ${ids}`,
    );
  }
  if (app !== undefined) return { kind: "own", app };
  const holder = apps.byClientId.get(wanted.clientId);
  if (holder === undefined) return { kind: "none" };
  return problem(wanted, "foreign", holder.id, takenMessage(host, wanted, holder));
}

/** Says whose the client id is. */
export function takenMessage(host: string, wanted: Registration, holder: OktaApp | undefined): string {
  const who =
    holder === undefined
      ? "an app that these credentials do not see"
      : `app ${holder.id} (${JSON.stringify(holder.label)}), which is not ours`;
  return `At Okta (${host}) the client id ${wanted.clientId} of ${wanted.key} belongs to ${who}`;
}

const codes = { duplicate: "OKTA_DUPLICATE", foreign: "OKTA_CLIENT_ID_TAKEN" } as const;

function problem(wanted: Registration, kind: keyof typeof codes, subject: string, message: string): Ownership {
  return { kind: "problem", problem: { key: wanted.key, kind, code: codes[kind], subject, message } };
}
