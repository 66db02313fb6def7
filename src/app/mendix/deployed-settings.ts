import { TenantryError } from "../../errors/failure.ts";
import { isJsonObject, type JsonObject, textIn } from "../../vendor/json.ts";
import type { DeployApi } from "../../vendor/mendix/deploy-api.ts";
import type { Carrier } from "./carrier.ts";
import { expectCarried } from "./environment-file.ts";

/**
 * Constants of an environment in Mendix Cloud. There is no room for a note, and a constant cannot be removed: what is no
 * longer ours is blanked.
 */
export function deployedSettings(api: DeployApi): Carrier {
  return {
    async read() {
      const constants = constantsIn(await api.settings());
      const names = new Set(constants.map((constant) => textIn(constant, "Name")));
      const values = constants.flatMap((constant): [string, string][] => {
        const [name, value] = [textIn(constant, "Name"), shownValue(constant)];
        return name === undefined || value === undefined ? [] : [[name, value]];
      });
      const shown = new Map(values);
      return {
        constants: shown,
        notes: undefined,
        knows: (name) => names.has(name),
        hides: (name) => names.has(name) && !shown.has(name),
        shadowed: () => undefined,
      };
    },
    async change({ set, shared, remove }) {
      const settings = await api.settings();
      const wanted = new Map([...remove.map((name): [string, string] => [name, ""]), ...set, ...shared]);
      for (const [name, value] of wanted) expectCarried(name, value);
      const before = constantsIn(settings);
      const known = new Set(before.map((constant) => textIn(constant, "Name")));
      const missing = [...wanted.keys()].filter((name) => !known.has(name) && !remove.includes(name));
      if (missing.length > 0) {
        throw new TenantryError("MENDIX_CONSTANT_MISSING", `The app has no constant ${missing.join(", ")}.`);
      }
      const after = before.map((constant): JsonObject => {
        const value = wanted.get(textIn(constant, "Name") ?? "");
        return value === undefined || value === shownValue(constant) ? constant : { ...constant, Value: value };
      });
      if (after.every((constant, index) => constant === before[index])) return;
      // A value that is not shown cannot be sent back, or the mask would take its place.
      const sent = after.filter((constant) => shownValue(constant) !== undefined);
      const answer = await api.set({ ...settings, Constants: sent });
      const now = new Map(constantsIn(answer).map((constant) => [textIn(constant, "Name"), shownValue(constant)]));
      const other = [...wanted].find(([name, value]) => (now.get(name) ?? value) !== value);
      if (other === undefined) return;
      const message = `The Mendix Deploy API took the settings, and ${other[0]} is not what was set.`;
      throw new TenantryError("MENDIX_UNEXPECTED_ANSWER", message);
    },
    close: () => api.close(),
  };
}

function constantsIn(settings: JsonObject): readonly JsonObject[] {
  const { Constants: constants } = settings;
  if (Array.isArray(constants) && constants.every(isJsonObject)) return constants;
  throw new TenantryError("MENDIX_UNEXPECTED_ANSWER", "The Mendix Deploy API answered without a list of constants.");
}

/** The value that the app has from its next start on; undefined when it is private. */
function shownValue(constant: JsonObject): string | undefined {
  const value = textIn(constant, "Value");
  return value === undefined || /^\*+$/.test(value) ? undefined : value;
}
