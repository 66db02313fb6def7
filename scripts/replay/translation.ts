/** Names of fields whose value the other side makes up, and which later requests repeat. */
const madeUp = /^(id|kid|next|client_secret|secret|pem|.*_id|.*Id)$/;

const shortest = 8;

/** Whether a field of this name holds what the other side makes up. */
export function isMadeUp(key: string): boolean {
  return madeUp.test(key);
}

/** What stands here for the ids, secrets and cursors of a recording. Grows with each answer. */
export class Translation {
  readonly #known = new Map<string, string>();

  /** What stands for this recorded text here; undefined when it was never seen. */
  get(recorded: string): string | undefined {
    return this.#known.get(recorded);
  }

  /** Everything here that stands for something recorded. */
  counterparts(): ReadonlySet<string> {
    return new Set(this.#known.values());
  }

  add(recorded: string, here: string): void {
    if (recorded !== here && recorded.length >= shortest) this.#known.set(recorded, here);
  }

  /** Learns from two answers to one request; lists must have been paired before. */
  learn(recorded: unknown, here: unknown, key = ""): void {
    if (typeof recorded === "string" && typeof here === "string") {
      if (madeUp.test(key)) this.add(recorded, here);
    } else if (Array.isArray(recorded) && Array.isArray(here)) {
      for (const [index, item] of recorded.entries()) this.learn(item, here[index], key);
    } else if (isObject(recorded) && isObject(here)) {
      for (const [name, inner] of Object.entries(recorded)) this.learn(inner, here[name], name);
    }
  }

  /** The text with everything known replaced, also where it is percent-encoded. */
  apply(text: string): string {
    let translated = text;
    for (const [recorded, here] of this.#known) {
      translated = translated.replaceAll(recorded, here);
      const encoded = encodeURIComponent(recorded);
      if (encoded !== recorded) translated = translated.replaceAll(encoded, encodeURIComponent(here));
    }
    return translated;
  }

  /** The value with everything known replaced in all its texts. */
  value<Value>(value: Value): Value {
    return JSON.parse(this.apply(JSON.stringify(value))) as Value;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
