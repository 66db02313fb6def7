import { parseEnv } from "node:util";
import { onTestFinished } from "vitest";
import { parse, parseDocument } from "yaml";
import { constantsOfEnvironment } from "../../../sandbox/mendix/configuration.ts";
import { EnvironmentSettings } from "../../../sandbox/mendix/settings.ts";
import type { Sandbox } from "../../../sandbox/sandbox.ts";
import type { AppAdapter } from "../../../src/app/app.ts";
import { openMendixApp } from "../../../src/app/mendix/open.ts";
import type { AppOpenOptions } from "../../../src/app/open-options.ts";
import type { MendixApp } from "../../../src/workspace/apps/mendix.ts";
import { appOf, keptInMemory, openOptions, placeOf } from "./place.ts";

/** One app with an outside world of its own, whatever brings its constants there. */
export interface CarrierPlace {
  readonly app: MendixApp;
  /** The workspace's folder; empty where there is none. */
  readonly root: string;
  readonly kept: ReturnType<typeof keptInMemory>;
  adapter(change?: Partial<AppOpenOptions<MendixApp>>): Promise<AppAdapter>;
  /** What the app would have if it started now, by full name. */
  constants(): Readonly<Record<string, string>>;
  /** Sets a constant as somebody else would. */
  setByHand(name: string, value: string): void;
  /** Everything there is, to see that nothing of others changed. */
  everything(): string;
}

export const carrierKinds = ["environment MX", "environment CONSTANTS", "kubernetes", "deployApi"] as const;
export type CarrierKind = (typeof carrierKinds)[number];

/** Whether the carrier keeps a note of whose its constants are. */
export function hasNotes(kind: CarrierKind): boolean {
  return kind !== "deployApi";
}

/** A manifest as a team has it: comments, other settings, another document. */
export const manifest = `# the service's app
apiVersion: privatecloud.mendix.com/v1alpha1
kind: MendixApp
metadata:
  name: service # its name
  labels: { team: service }
spec:
  replicas: 2
  runtime:
    logAutosubscribeLevel: INFO # keep
    customConfiguration: |-
      {"MicroflowConstants": "{\\"Service.Greeting\\": \\"Welcome\\"}", "ScheduledEventExecution": "ALL", "big": 12345678901234567890.10}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: other }
`;

const variables = "# by the team\nPORT=8080\nexport MX_Service_Greeting='Hello, you'\n";

/** How a carrier is written in `tenantry.yaml`. */
export function carrierOf(kind: CarrierKind, plainSecrets = true): Readonly<Record<string, unknown>> {
  switch (kind) {
    case "kubernetes":
      return { kubernetes: { file: "service.yaml", plainSecrets } };
    case "deployApi":
      return {
        deployApi: {
          appId: "service",
          environment: "Production",
          username: "platform@acme.example",
          apiKey: "env:MENDIX_API_KEY",
        },
      };
    default:
      return { environment: { file: "service.env", form: kind.split(" ")[1], plainSecrets } };
  }
}

/** What `more` is of the app, `secrets` by their references. */
export interface PlaceOptions {
  readonly more?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Makes one; Mendix Cloud is the sandbox's, its settings as new. */
export function carrierPlace(kind: CarrierKind, sandbox: Sandbox, options: PlaceOptions = {}): CarrierPlace {
  return kind === "deployApi" ? deployPlace(sandbox, options) : filePlace(kind, options);
}

function filePlace(kind: Exclude<CarrierKind, "deployApi">, { more = {}, secrets = {} }: PlaceOptions): CarrierPlace {
  const app = appOf({ carrier: carrierOf(kind, !("secretSink" in more)), ...more });
  const place = placeOf(app, { secrets });
  place.put(kind === "kubernetes" ? manifest : variables);
  const settings = new EnvironmentSettings();
  for (const name of [...settings.constants.keys()]) settings.add(`Sso.Northwind_${name.split(".")[1]}`);
  const model = settings.running();
  return {
    app,
    root: place.root,
    kept: place.kept,
    adapter: (change) => place.adapter(change),
    constants: () =>
      kind === "kubernetes"
        ? { ...model, ...constantsOfManifest(place.read()) }
        : constantsOfEnvironment(model, parseEnv(place.read())),
    setByHand(name, value) {
      const before = place.read();
      if (kind !== "kubernetes") {
        const line =
          kind === "environment MX" ? `MX_${name.replaceAll(".", "_")}='${value}'` : constantsLine(before, name, value);
        const rest = kind === "environment MX" ? before : before.replace(/^CONSTANTS=.*\n/m, "");
        return place.put(`${rest}${line}\n`);
      }
      const [first, ...others] = before.split(/^---$/m);
      const document = parseDocument(first ?? "");
      const path = ["spec", "runtime", "customConfiguration"];
      const configuration = JSON.parse(String(document.getIn(path))) as Record<string, string>;
      const constants = JSON.parse(configuration.MicroflowConstants ?? "{}") as Record<string, string>;
      const inner = JSON.stringify({ ...constants, [name]: value });
      document.setIn(path, JSON.stringify({ ...configuration, MicroflowConstants: inner }));
      place.put([document.toString({ lineWidth: 0 }), ...others].join("---"));
    },
    everything: () => place.read(),
  };
}

function constantsLine(before: string, name: string, value: string): string {
  const json = JSON.parse(parseEnv(before).CONSTANTS ?? "{}") as Record<string, string>;
  return `CONSTANTS='${JSON.stringify({ ...json, [name]: value }).replaceAll("'", "\\u0027")}'`;
}

/** Constants of a manifest, as the runtime gets them. */
export function constantsOfManifest(text: string): Readonly<Record<string, string>> {
  const [first = ""] = text.split(/^---$/m);
  const { spec } = parse(first) as { readonly spec: { readonly runtime: { readonly customConfiguration: string } } };
  const { MicroflowConstants: inner } = JSON.parse(spec.runtime.customConfiguration) as Readonly<
    Record<string, string>
  >;
  return JSON.parse(inner ?? "{}") as Readonly<Record<string, string>>;
}

function deployPlace(sandbox: Sandbox, { more = {}, secrets = {} }: PlaceOptions): CarrierPlace {
  const { production } = sandbox.standIns.mendix;
  production.reset();
  const app = appOf({ carrier: carrierOf("deployApi"), ...more });
  const kept = keptInMemory();
  const network = { connect: { host: sandbox.host, port: sandbox.port, ca: sandbox.ca } };
  return {
    app,
    root: "",
    kept,
    async adapter(change = {}) {
      const all = { "env:MENDIX_API_KEY": sandbox.env.MENDIX_API_KEY ?? "", ...secrets };
      const adapter = await openMendixApp({ ...openOptions(app, "/nowhere", all, network), kept, ...change });
      onTestFinished(() => adapter.close());
      return adapter;
    },
    constants: () => Object.fromEntries([...production.constants.values()].map(({ name, value }) => [name, value])),
    setByHand(name, value) {
      const constant = production.constants.get(name);
      if (constant === undefined) throw new Error(`no constant ${name}`);
      constant.value = value;
    },
    everything: () => JSON.stringify(production.view()),
  };
}
