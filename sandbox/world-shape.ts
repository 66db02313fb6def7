import { z } from "zod";

// What zod has no word for. A shape only looks: what zod makes of a value is dropped, the value itself is gone on with.

/** An object of any members: settings as a client has sent them. */
// biome-ignore lint/suspicious/noExplicitAny: it stands for every type of settings.
export const object = z.custom<any>(z.core.util.isPlainObject, "is no object");

/** zod's path to a member of a set ends at the set. */
export const textSet = z.set(z.string("has a member that is no text"));

/** A shape for every member that a type names. */
type Members<Item> = { readonly [Name in keyof Item as string extends Name ? never : Name]-?: z.ZodType<Item[Name]> };

/** An object with these members, and perhaps with others. */
export function record<Item extends object>(members: Members<Item>): z.ZodType<Item> {
  return plain(z.object(members));
}

/** An object with these members and no others. */
export function closedRecord<Item extends object>(members: Members<Item>): z.ZodType<Item> {
  return plain(z.strictObject(members));
}

/** zod takes a map for an object too. That the members are the type's is said by `Members`. */
function plain<Item>(shape: z.ZodObject): z.ZodType<Item> {
  return object.pipe(shape) as unknown as z.ZodType<Item>;
}

/** A map by name; `key` is the member of each thing that is also its name in the map. */
export function mapOf<Item>(item: z.ZodType<Item>, key?: keyof Item & string): z.ZodType<Map<string, Item>> {
  const map = z.map(z.string(), item);
  if (key === undefined) return map;
  return map.superRefine((things, context) => {
    for (const [name, thing] of things) {
      if (thing[key] !== name) context.addIssue({ code: "custom", path: [name], message: `has another ${key}` });
    }
  });
}
