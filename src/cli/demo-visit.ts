import { request } from "node:https";
import type { Sandbox } from "../../sandbox/sandbox.ts";

/** What somebody is answered who opens an address of the sandbox's world, with no session and no cookie. */
export function openAs(
  { port, ca }: Pick<Sandbox, "port" | "ca">,
  url: string,
): Promise<{ readonly status: number; readonly location: string | undefined }> {
  const { hostname, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{ host: "127.0.0.1", port, ca, servername: hostname, path: `${pathname}${search}`, agent: false },
      headers: { host: hostname, accept: "text/html" },
    });
    asked.once("error", reject);
    asked.once("response", (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, location: response.headers.location });
    });
    asked.end();
  });
}
