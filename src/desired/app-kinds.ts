import type { App, AppKindName } from "../workspace/app.ts";
import type { AppFinding, AppKind, AppUse, ManualStep } from "./app-kind.ts";
import { auth0Kind } from "./apps/auth0.ts";
import { fileKind } from "./apps/file.ts";
import { httpKind } from "./apps/http.ts";
import { kongKind } from "./apps/kong.ts";
import { mendixKind } from "./apps/mendix.ts";
import { sqlKind } from "./apps/sql.ts";
import { workosKind } from "./apps/workos.ts";
import type { Json } from "./json.ts";

const kinds: { readonly [K in AppKindName]: AppKind<K> } = {
  sql: sqlKind,
  auth0: auth0Kind,
  kong: kongKind,
  workos: workosKind,
  mendix: mendixKind,
  http: httpKind,
  file: fileKind,
};

/** What there is to know of a kind, whatever the kind: ask it only about apps of that kind. */
export interface AnyAppKind
  extends Omit<
    AppKind,
    "callback" | "lockScope" | "secret" | "redirectUri" | "startUrl" | "target" | "audit" | "manualSteps" | "unique"
  > {
  callback(app: App): "computed" | "afterRecord";
  lockScope(app: App): "record" | "tenant" | "app";
  secret(app: App): "sealed" | "sink" | "written" | "byHand";
  redirectUri?(use: AppUse): string | undefined;
  startUrl?(use: AppUse): string | undefined;
  target(use: AppUse): Readonly<Record<string, Json>>;
  audit(use: AppUse): readonly AppFinding[];
  manualSteps(use: AppUse): readonly ManualStep[];
  unique(use: AppUse): ReturnType<AppKind["unique"]>;
}

/** The kind of an app. */
export function kindOfApp(app: Pick<App, "kind">): AnyAppKind {
  return kinds[app.kind] as unknown as AnyAppKind;
}

/** A kind by its name, with the types of its own apps. */
export function appKind<K extends AppKindName>(name: K): AppKind<K> {
  return kinds[name];
}
