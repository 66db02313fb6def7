import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import type { Sandbox } from "../../sandbox/sandbox.ts";

/** What a browser shows. */
export interface Shown {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** A browser without a window: keeps cookies per host, follows redirects, and fills in the forms of the sandbox. */
export class Visitor {
  readonly #agent: Agent;
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor({ ca, host, port }: Pick<Sandbox, "ca" | "host" | "port">) {
    const connector = buildConnector({ ca });
    this.#agent = new Agent({
      connect: (target, done) =>
        connector({ ...target, hostname: host, port: String(port), servername: target.hostname }, done),
    });
  }

  /** One request; nothing is followed. */
  async ask(url: URL | string, form?: Readonly<Record<string, string>>): Promise<Shown> {
    const target = new URL(url);
    const jar = this.#cookies.get(target.host) ?? new Map<string, string>();
    this.#cookies.set(target.host, jar);
    const response = await undiciFetch(target, {
      method: form === undefined ? "GET" : "POST",
      redirect: "manual",
      dispatcher: this.#agent,
      headers: {
        accept: "text/html",
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    return {
      url: target,
      status: response.status,
      text: await response.text(),
      headers: response.headers as unknown as Headers,
    };
  }

  /** As `ask`, and follows redirects. */
  async open(url: URL | string, form?: Readonly<Record<string, string>>): Promise<Shown> {
    let shown = await this.ask(url, form);
    for (let hop = 0; hop < 12; hop += 1) {
      const location = shown.headers.get("location");
      if (location === null) return shown;
      shown = await this.ask(new URL(location, shown.url));
    }
    throw new Error(`sent around in circles at ${shown.url.host}`);
  }

  /** Opens an app's page and types the login into every form of an identity provider on the way. */
  async signIn(url: string, login: string): Promise<Shown> {
    const { host } = new URL(url);
    let shown = await this.open(url);
    for (let pages = 0; pages < 4 && shown.url.host !== host; pages += 1) {
      const [, action] = /<form method="post" action="([^"]+)"/.exec(shown.text) ?? [];
      const to = new URL((action ?? shown.url.href).replaceAll("&amp;", "&"), shown.url);
      shown = await this.open(to, { username: login });
    }
    return shown;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}
