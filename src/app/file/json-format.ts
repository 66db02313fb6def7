import type { Json } from "../../desired/json.ts";
import { type FileFormat, FormatFault } from "./format.ts";
import { isObject } from "./tree.ts";

/** Name of the member that says whose the file is. */
const member = "tenantry";

/** A JSON object (RFC 8259), two blanks deep, with our mark as a member. */
export const jsonFormat: FileFormat = {
  typed: true,
  parse(text) {
    let parsed: Json;
    try {
      parsed = JSON.parse(text) as Json;
    } catch {
      throw new FormatFault("is no JSON");
    }
    if (!isObject(parsed)) throw new FormatFault("is no JSON object");
    const { [member]: mark, ...tree } = parsed;
    return { tree, mark: mark === undefined ? undefined : JSON.stringify(mark), comments: [] };
  },
  print({ tree, mark }) {
    const members = isObject(tree) ? tree : {};
    const whole = mark === undefined ? members : { [member]: JSON.parse(mark) as Json, ...members };
    return `${JSON.stringify(whole, null, 2)}\n`;
  },
  encode: (_path, text) => text,
  decode: (_path, text) => text,
};
