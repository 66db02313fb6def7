import { existsSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Json } from "../../../src/desired/json.ts";
import type { FileApp } from "../../../src/workspace/apps/file.ts";
import { conformanceSuite, type Place } from "../conformance/suite.ts";
import { fileOf, openFileWorld, writeFor } from "./place.ts";

type Members = Record<string, Json>;

interface Way {
  readonly name: string;
  readonly app: FileApp;
  readonly path: string;
  readonly template?: string;
  /** What the app would sign people in by; undefined: nothing. */
  readonly clientOf: (text: string) => unknown;
  readonly withUnknown: (text: string) => string;
  readonly hasUnknown: (text: string) => boolean;
}

const ways: readonly Way[] = [
  {
    name: "file, JSON",
    app: fileOf(),
    path: "sso/whiterabbit.json",
    clientOf: (text) => (JSON.parse(text) as Members).clientId,
    withUnknown: (text) => JSON.stringify({ ...(JSON.parse(text) as Members), theme: { dark: true } }),
    hasUnknown: (text) => JSON.stringify((JSON.parse(text) as Members).theme) === '{"dark":true}',
  },
  {
    name: "file, JSON by a template",
    app: fileOf({ path: "sso/{tenant}/{signIn}.json", template: "sso.template.json" }),
    path: "sso/whiterabbit/default.json",
    template: JSON.stringify({
      oidc: {
        issuer: "{{issuer}}",
        client: ["{{clientId}}", "{{clientSecret}}"],
        scope: "{{scope}}",
        about: "{{name}} ({{key}})",
      },
      fixed: [1, true, null],
    }),
    clientOf: (text) => (JSON.parse(text) as { oidc?: { client?: Json[] } }).oidc?.client?.[0],
    withUnknown: (text) => {
      const { oidc, ...rest } = JSON.parse(text) as { oidc: Members };
      return JSON.stringify({ ...rest, oidc: { ...oidc, extra: "theirs" } });
    },
    hasUnknown: (text) => (JSON.parse(text) as { oidc: Members }).oidc.extra === "theirs",
  },
  {
    name: "file, dotenv",
    app: fileOf({ path: "sso/{tenant}.env", format: "dotenv" }),
    path: "sso/whiterabbit.env",
    clientOf: (text) => /^SSO_CLIENT_ID='(.+)'$/m.exec(text)?.[1],
    withUnknown: (text) => `# theirs\n${text}\nexport THEIRS="1"\n`,
    hasUnknown: (text) => /^# theirs$/m.test(text) && /^THEIRS='1'|THEIRS="1"$/m.test(text),
  },
  {
    name: "file, Kubernetes Secret",
    app: fileOf({ path: "deploy/{tenant}-sso.yaml", format: "kubernetes" }),
    path: "deploy/whiterabbit-sso.yaml",
    clientOf: (text) => (parse(text) as { data?: Members }).data?.clientId || undefined,
    withUnknown: (text) => {
      const manifest = parse(text) as { metadata: Members };
      return stringify({ ...manifest, metadata: { ...manifest.metadata, namespace: "portal" } });
    },
    hasUnknown: (text) => (parse(text) as { metadata: Members }).metadata.namespace === "portal",
  },
];

for (const way of ways) {
  conformanceSuite({
    name: way.name,
    async open(): Promise<Place> {
      const world = openFileWorld();
      if (way.template !== undefined) world.write("sso.template.json", way.template);
      return {
        write: writeFor(way.app),
        adapter: () => world.adapter(way.app),
        async foreign() {
          const other = openFileWorld({ environment: "staging" });
          if (way.template !== undefined) other.write("sso.template.json", way.template);
          await (await other.adapter(way.app)).write(writeFor(way.app));
          const text = other.read(way.path);
          other.close();
          world.write(way.path, text);
          return { unchanged: async () => world.read(way.path) === text };
        },
        async addUnknown() {
          world.write(way.path, way.withUnknown(world.read(way.path)));
          return { isStillThere: async () => way.hasUnknown(world.read(way.path)) };
        },
        visitor: async () =>
          existsSync(join(world.root, way.path)) && (way.clientOf(world.read(way.path)) ?? null) !== null
            ? "in"
            : "out",
        close: async () => world.close(),
      };
    },
  });
}
