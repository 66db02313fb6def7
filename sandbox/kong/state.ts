import { randomUUID } from "node:crypto";
import type { Json } from "../json.ts";

export type Members = Readonly<Record<string, Json>>;

/** A plugin as the Admin API keeps it. */
export interface StoredPlugin {
  readonly id: string;
  readonly name: string;
  readonly instance_name: string | null;
  readonly route: { readonly id: string } | null;
  readonly service: { readonly id: string } | null;
  readonly consumer: { readonly id: string } | null;
  readonly enabled: boolean;
  readonly tags: readonly string[] | null;
  readonly protocols: readonly string[];
  readonly ordering: Json;
  readonly config: Members;
  readonly created_at: number;
  readonly updated_at: number;
}

/** A route: which requests it takes, and where they go. */
export interface StoredRoute {
  readonly id: string;
  readonly name: string;
  /** Beginnings of paths. */
  readonly paths: readonly string[];
  readonly service: { readonly id: string } | null;
}

export interface StoredService {
  readonly id: string;
  readonly name: string;
}

/** One workspace of the gateway's. */
export interface KongWorkspace {
  readonly routes: Map<string, StoredRoute>;
  readonly services: Map<string, StoredService>;
  readonly plugins: Map<string, StoredPlugin>;
}

/** Routes of the example, one for each tenant: made by the platform's team, not by Tenantry. */
const exampleRoutes = [
  ...["whiterabbit", "northwind-rail", "bluefin-studios", "alder-voss", "tannberg", "cobalt-clinics", "fernhill"],
  ...["ostrava-steel", "sandstone-energy"],
];

/** What the gateway is configured with. */
export class KongState {
  readonly workspaces = new Map<string, KongWorkspace>();

  constructor() {
    const api = this.addService("default", "api");
    for (const slug of exampleRoutes) this.addRoute("default", `api-${slug}`, [`/${slug}`], api);
  }

  workspace(name: string): KongWorkspace {
    const there = this.workspaces.get(name);
    if (there !== undefined) return there;
    const made: KongWorkspace = { routes: new Map(), services: new Map(), plugins: new Map() };
    this.workspaces.set(name, made);
    return made;
  }

  addService(workspace: string, name: string): StoredService {
    const service = { id: randomUUID(), name };
    this.workspace(workspace).services.set(service.id, service);
    return service;
  }

  addRoute(workspace: string, name: string, paths: readonly string[], service?: StoredService): StoredRoute {
    const route = { id: randomUUID(), name, paths, service: service === undefined ? null : { id: service.id } };
    this.workspace(workspace).routes.set(route.id, route);
    return route;
  }

  /** All plugins, whichever workspace they are in. */
  get plugins(): readonly StoredPlugin[] {
    return [...this.workspaces.values()].flatMap(({ plugins }) => [...plugins.values()]);
  }
}
