import type { InnerCalls } from "../inner-call.ts";
import { randomToken } from "../random.ts";
import type { Site } from "../site.ts";
import { deployApiSite } from "./deploy-api.ts";
import { PlayedMendixApp } from "./played-app.ts";
import { EnvironmentSettings } from "./settings.ts";

/** Mendix Cloud with one app that is played: its settings by the Deploy API, and the running app itself. */
export interface PlayedMendix {
  readonly sites: readonly Site[];
  readonly env: Readonly<Record<string, string>>;
  /** Settings of the app's environments, to look into and to change as somebody at the portal would. */
  readonly production: EnvironmentSettings;
  readonly acceptance: EnvironmentSettings;
  /** `service.acme.example`, which reads production's constants when it starts. */
  readonly app: PlayedMendixApp;
  /** What somebody does at the portal: the app of production starts anew. */
  restart(): void;
}

/** User of the Deploy API; the same at every start. */
const mendixUsername = "platform@acme.example";

/** Makes an app whose constants are the module's defaults. */
export function createMendix({
  clock,
  calls,
}: {
  readonly clock: () => number;
  readonly calls: InnerCalls;
}): PlayedMendix {
  const production = new EnvironmentSettings();
  const acceptance = new EnvironmentSettings();
  const apiKey = randomToken(24);
  const app = new PlayedMendixApp({
    host: "service.acme.example",
    constants: () => production.running(),
    ...{ calls, clock },
  });
  const environments = { Production: production, Acceptance: acceptance };
  const restart = (): void => {
    production.restart();
    app.restart();
  };
  restart();
  return {
    sites: [deployApiSite({ username: mendixUsername, apiKey, appId: "service", environments }), app.site],
    env: { MENDIX_API_KEY: apiKey, MENDIX_ENCRYPTION_KEY: randomToken(24) },
    ...{ production, acceptance, app, restart },
  };
}
