import { type ResourceName, resourceIn } from "../../../stacks/auth0/names.ts";
import { isJsonObject, objectIn, parseJson, textIn } from "../../vendor/json.ts";

/** Something that a stack's state holds. */
export interface StateResource extends Omit<ResourceName, "type"> {
  readonly type: string;
  readonly urn: string;
  /** Auth0's id of it. */
  readonly id: string;
  readonly protect: boolean;
}

/** What the state of a stack holds. */
export interface StackState {
  readonly resources: readonly StateResource[];
  /** URNs of what a run that did not end had begun to make, change or delete. */
  readonly pending: readonly string[];
}

/** The state as `pulumi stack export` writes it; undefined when the text is none. Providers and the stack itself are left out. */
export function readState(text: string): StackState | undefined {
  const deployment = objectIn(parseJson(text), "deployment");
  const { resources = [], pending_operations: pending = [] } = deployment;
  if (!("manifest" in deployment) || !Array.isArray(resources) || !Array.isArray(pending)) return undefined;
  return {
    resources: resources.flatMap((resource): readonly StateResource[] => {
      const [urn, id] = [textIn(resource, "urn"), textIn(resource, "id")];
      const named = urn === undefined ? undefined : resourceIn(urn);
      if (urn === undefined || id === undefined || named === undefined || named.type.startsWith("pulumi:")) return [];
      // What is about to be deleted is there twice.
      if (isJsonObject(resource) && resource.delete === true) return [];
      return [{ ...named, urn, id, protect: isJsonObject(resource) && resource.protect === true }];
    }),
    pending: pending.flatMap((operation) => textIn(objectIn(operation, "resource"), "urn") ?? []),
  };
}
