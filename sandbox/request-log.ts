/** One request as `onRequest` and `GET /requests` tell it: never a body, a credential or a query of the sign-in half. */
export interface RequestEntry {
  readonly method: string;
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  /** 0 when the connection was destroyed instead of an answer. */
  readonly status: number;
  readonly milliseconds: number;
}

/** An entry in the log, which also keeps the query of management calls (`?q=…&limit=…`), as they hold no credential. */
export interface LoggedRequest extends RequestEntry {
  readonly query: string;
}

/** A request as the log keeps it. */
export interface KeptRequest extends LoggedRequest {
  /** When its answer had gone out, RFC 3339. */
  readonly at: string;
}

const capacity = 2000;
const mostNotes = 200;

/** The last 2,000 requests, oldest first. */
export class RequestLog {
  readonly #entries: KeptRequest[] = [];
  readonly #notes: string[] = [];
  #total = 0;

  add(entry: KeptRequest): void {
    this.#entries.push(entry);
    this.#total += 1;
    if (this.#entries.length > capacity) this.#entries.shift();
  }

  get entries(): readonly KeptRequest[] {
    return this.#entries;
  }

  /** All requests since the start (or `clear`), also those that fell out of the log. */
  get total(): number {
    return this.#total;
  }

  /** How many kept requests have this method and a path that matches. */
  count(method: string, path: RegExp): number {
    return this.#entries.filter((entry) => entry.method === method && path.test(entry.path)).length;
  }

  /** Keeps a remark of the sandbox about itself, such as what it could not play. */
  note(text: string): void {
    this.#notes.push(text);
    if (this.#notes.length > mostNotes) this.#notes.shift();
  }

  /** The last 200 remarks, oldest first. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  clear(): void {
    this.#notes.length = 0;
    this.#entries.length = 0;
    this.#total = 0;
  }
}
