import { AppGroupAssignments } from "@cdktf/provider-okta/lib/app-group-assignments/index.js";
import { AppOauth } from "@cdktf/provider-okta/lib/app-oauth/index.js";
import { DataOktaGroup } from "@cdktf/provider-okta/lib/data-okta-group/index.js";
import { DataOktaPolicy } from "@cdktf/provider-okta/lib/data-okta-policy/index.js";
import { Group } from "@cdktf/provider-okta/lib/group/index.js";
import { OktaProvider as Provider } from "@cdktf/provider-okta/lib/provider/index.js";
import { TerraformBackend as Backend, type TerraformElement, TerraformOutput, TerraformStack } from "cdktf";
import { type Construct, RootConstruct } from "constructs";
import type { ConnectionKey, Marker, Registration } from "../../src/desired/connection.ts";
import { compareText } from "../../src/errors/issue.ts";
import { groupDescription } from "../../src/idp/okta/marker.ts";
import { isJsonObject, type JsonObject } from "../../src/vendor/json.ts";
import type { TerraformBackend } from "../../src/workspace/workspace.ts";
import { addressesOf, everyoneLookup, groupLookup, groupName, namesOf, policyLookup } from "./addresses.ts";
import { appOauthArguments } from "./app-oauth-config.ts";
import { literal, quoted, unsealed } from "./literal.ts";
import { type OktaProvider, providerArguments } from "./provider.ts";

/** What a tenant's stack is made of: its registrations at one org. */
export interface OktaStackInput {
  readonly provider: OktaProvider;
  /** Where the state is, with its placeholders filled in. */
  readonly backend: TerraformBackend;
  /** Those that should be there. What they leave undefined (assignment, access policy) is not managed. */
  readonly registrations: readonly Registration[];
  /** Public keys, as Okta gives them, that stay usable beside a registration's own. */
  readonly keptKeys?: ReadonlyMap<ConnectionKey, readonly JsonObject[]> | undefined;
  /** The profiles of apps that are there: what others keep in them stays. */
  readonly keptProfiles?: ReadonlyMap<ConnectionKey, JsonObject> | undefined;
  /** Ids of groups that stay assigned besides a registration's own, where it says who is assigned. */
  readonly keptGroups?: ReadonlyMap<ConnectionKey, readonly string[]> | undefined;
  /** Names of groups with `create: true` that are there already and in no state of ours: looked up and not made. */
  readonly groupsThere?: ReadonlySet<string> | undefined;
  /** What is there and goes into the state, unchanged. */
  readonly imports?: readonly { readonly to: string; readonly id: string }[] | undefined;
}

/** The text of `cdk.tf.json`: the same for the same input, on every machine. */
export function synthesizeOkta(input: OktaStackInput): string {
  const stack = new OktaStack(new RootConstruct(), "tenant", input);
  return `${JSON.stringify(tidied(stack.toTerraform()), null, 2)}\n`;
}

/** A tenant at one Okta org. */
export class OktaStack extends TerraformStack {
  readonly #input: OktaStackInput;
  readonly #groupIds = new Map<string, string>();
  readonly #policyIds = new Map<string, string>();
  /** The groups that the stack makes, by name, with whose they are. */
  readonly #made: ReadonlyMap<string, Marker>;

  constructor(scope: Construct, id: string, input: OktaStackInput) {
    super(scope, id);
    this.#input = input;
    this.#made = new Map(
      input.registrations.flatMap(({ parts, marker }) =>
        parts.flatMap((part) =>
          part.kind === "group" && input.groupsThere?.has(part.name) !== true ? [[part.name, marker] as const] : [],
        ),
      ),
    );
    new Provider(this, "okta", providerArguments(input.provider));
    this.addOverride("terraform.required_providers.okta.version", input.provider.version);
    new NamedBackend(this, input.backend);
    for (const registration of input.registrations) this.#addClient(registration);
    // A group stays managed when nobody is assigned to it by this run.
    for (const name of this.#made.keys()) this.#groupId(name);
    if (input.imports !== undefined && input.imports.length > 0) {
      this.addOverride(
        "import",
        input.imports.map(({ to, id }) => ({ to, id: literal(id) })),
      );
    }
  }

  override toTerraform(): unknown {
    return unsealed(super.toTerraform());
  }

  #addClient(registration: Registration): void {
    const { key, assignment, accessPolicy } = registration;
    const names = namesOf(key);
    const policy = accessPolicy === undefined ? undefined : this.#policyId(accessPolicy);
    const kept = { keys: this.#input.keptKeys?.get(key), profile: this.#input.keptProfiles?.get(key) };
    const { config, newer } = appOauthArguments(registration, this.#input.provider, policy, kept);
    const app = placed(new AppOauth(this, names.app, config), names.app);
    for (const [name, value] of Object.entries(newer)) app.addOverride(name, value);
    if (assignment !== undefined) {
      const ids = assignment.everyone
        ? [this.#everyoneId()]
        : [...new Set(assignment.groups)].sort(compareText).map((name) => this.#groupId(name));
      const staying = this.#input.keptGroups?.get(key) ?? [];
      const group = [...ids, ...staying.map(literal)].map((id) => ({ id, profile: "{}" }));
      placed(new AppGroupAssignments(this, names.assignments, { appId: app.id, group }), names.assignments);
    }
    const { outputs } = addressesOf(key);
    placed(new TerraformOutput(this, outputs.id, { value: app.id }), outputs.id);
    placed(new TerraformOutput(this, outputs.clientId, { value: app.clientId }), outputs.clientId);
  }

  #groupId(name: string): string {
    return remembered(this.#groupIds, name, () => {
      const marker = this.#made.get(name);
      return marker === undefined ? this.#findGroup(name) : this.#makeGroup(name, marker);
    });
  }

  /** A group that is there is taken as it is, but for its name. People are in it: it is never deleted. */
  #makeGroup(name: string, marker: Marker): string {
    const group = new Group(this, groupName(name), {
      name: literal(name),
      description: literal(groupDescription(marker)),
      lifecycle: { preventDestroy: true, ignoreChanges: ["custom_profile_attributes", "description"] },
    });
    return placed(group, groupName(name)).id;
  }

  /** The provider takes a single group whose name only begins so, and built-in ones. */
  #findGroup(name: string): string {
    return this.#lookUp(
      groupLookup(name),
      { name: literal(name) },
      `self.name == ${quoted(name)} && self.type != "BUILT_IN"`,
      `Okta shows no group named ${literal(JSON.stringify(name))} that could be assigned.`,
    );
  }

  #everyoneId(): string {
    return remembered(this.#groupIds, "", () =>
      this.#lookUp(
        everyoneLookup,
        { name: "Everyone", type: "BUILT_IN" },
        'self.name == "Everyone" && self.type == "BUILT_IN"',
        "Okta does not show the built-in group Everyone.",
      ),
    );
  }

  #lookUp(lookup: string, by: { name: string; type?: string }, condition: string, errorMessage: string): string {
    const postcondition = [{ condition: `\${${condition}}`, errorMessage }];
    return placed(new DataOktaGroup(this, lookup, { ...by, lifecycle: { postcondition } }), lookup).id;
  }

  #policyId(name: string): string {
    return remembered(this.#policyIds, name, () => {
      const found = new DataOktaPolicy(this, policyLookup(name), {
        name: literal(name),
        type: "ACCESS_POLICY",
        lifecycle: {
          postcondition: [
            {
              condition: `\${self.name == ${quoted(name)} && self.status == "ACTIVE"}`,
              errorMessage: `Okta has switched off the access policy named ${literal(JSON.stringify(name))}.`,
            },
          ],
        },
      });
      return placed(found, policyLookup(name)).id;
    });
  }
}

/** A backend by its name and settings, as they stand in the file. */
class NamedBackend extends Backend {
  readonly #settings: TerraformBackend["settings"];

  constructor(scope: Construct, { kind, settings }: TerraformBackend) {
    super(scope, "backend", kind);
    this.#settings = settings;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.#settings).map(([name, value]) => [name, typeof value === "string" ? literal(value) : value]),
    );
  }

  override getRemoteStateDataSource(): never {
    throw new TypeError("no stack reads the state of another one");
  }
}

/** Gives an element the name that its address ends in, whatever cdktf would make of its place in the tree. */
function placed<Element extends TerraformElement>(element: Element, name: string): Element {
  element.overrideLogicalId(name);
  return element;
}

function remembered(known: Map<string, string>, name: string, make: () => string): string {
  const id = known.get(name) ?? make();
  known.set(name, id);
  return id;
}

/** Sorted by key, without cdktf's own notes. */
function tidied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidied);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "//")
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, member]) => [name, tidied(member)]),
  );
}
