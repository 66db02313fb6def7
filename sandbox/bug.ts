import type { ServerResponse } from "node:http";

/** A mistake of the sandbox itself: a request that made something throw. Whoever asked was told 500 and no more. */
export interface SandboxBug {
  readonly method: string;
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  readonly error: unknown;
}

/** What went wrong while a request was answered by somebody else's code, until it is told. */
const noted = new WeakMap<ServerResponse, unknown>();

/** Notes that answering failed, where the error cannot be thrown: oidc-provider answers 500 by itself. */
export function noteBug(response: ServerResponse, error: unknown): void {
  noted.set(response, error);
}

/** What was noted of this answer; undefined when nothing was. */
export function notedBug(response: ServerResponse): unknown {
  return noted.get(response);
}

/** One line for the developer: the request, the error, and where in the sandbox it was thrown. */
export function describeBug({ method, host, path, error }: SandboxBug): string {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const [, place] = /\b(sandbox\/[\w./-]+\.[jt]s:\d+)/.exec(stack) ?? [];
  const line = `bug in the sandbox: ${method} ${host}${path}: ${what}${place === undefined ? "" : ` at ${place}`}`;
  return line.replace(/\s+/g, " ");
}
