import { inspect } from "node:util";

const values = new WeakMap<Secret, string>();

/**
 * A secret in memory. Printing, inspecting, spreading or serialising it shows `[secret]`; only `reveal()` gives the
 * value, so every place that does is found by one search.
 */
export class Secret {
  constructor(value: string) {
    values.set(this, value);
  }

  /** The value itself. Call it at the last moment before it is sent or sealed. */
  reveal(): string {
    return values.get(this) ?? "";
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}
