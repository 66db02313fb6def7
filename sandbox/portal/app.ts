import { type Answer, send } from "../answer.ts";
import { messagePage } from "../external/page.ts";
import type { InnerCalls } from "../inner-call.ts";
import { randomToken } from "../random.ts";
import { cookieOf } from "../sign-in/cookie.ts";
import { readForm } from "../sign-in/form.ts";
import type { Site, SiteRequest } from "../site.ts";
import type { AppMistake } from "./mistakes.ts";
import { homePage, leavePage, loginPage, signedInPage } from "./page.ts";
import { missingClaim, type Person, personOf } from "./person.ts";
import { type AppRecord, type PathNames, type RecordSource, Records } from "./record.ts";
import { type AppKeys, RedeemError, redeem } from "./redeem.ts";
import { type Begun, beginSignIn, plainCookie, SignIns, safeCookie, signInCookie } from "./sign-in.ts";

const sessionCookie = "__Host-session";
const mostSessions = 10_000;

/** Which app it is, and where its pages are. */
export interface AppPlace {
  readonly name: string;
  readonly host: string;
  /** Path templates with `{id}`, `{tenant}` and `{signIn}`, as in tenantry.yaml. */
  readonly start: string;
  readonly callback: string;
  /** Where people come to after a sign-out at the identity provider; absent: nobody is sent there to sign out. */
  readonly postLogout?: string | undefined;
}

/** What an app works with. */
export interface AppParts {
  readonly keys: () => AppKeys;
  /** Where its records are when they are in no database. */
  readonly records?: RecordSource;
  readonly calls: InnerCalls;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * An app as a team would write it: it takes everything from the record that Tenantry wrote, signs people in and out, and
 * knows nothing else of Tenantry. What it does wrong, it was told to.
 */
export class PlayedApp {
  readonly place: AppPlace;
  /** Where its records are: `sqlite:PATH` or `postgres://…`. */
  database: string;
  /** What it does wrong now. */
  readonly mistakes = new Set<AppMistake>();
  readonly #parts: AppParts;
  readonly #records: RecordSource;
  readonly #signIns = new SignIns();
  readonly #sessions = new Map<string, Person>();
  readonly #start: RegExp;
  readonly #callback: RegExp;

  constructor(place: AppPlace, database: string, parts: AppParts) {
    this.place = place;
    this.database = database;
    this.#parts = parts;
    this.#records = parts.records ?? new Records(place.name, () => this.database);
    this.#start = patternOf(place.start);
    this.#callback = patternOf(place.callback);
  }

  get site(): Site {
    return {
      hosts: [this.place.host],
      logsQuery: () => false,
      problem: (status) => page(status, "The app could not answer."),
      handle: (request) => this.#handle(request),
    };
  }

  async #handle(site: SiteRequest): Promise<void> {
    const { request, response, path, query } = site;
    const { clock } = this.#parts;
    if (this.mistakes.has("clock-ahead")) response.setHeader("date", new Date(clock() + 600_000).toUTCString());
    const key = `${request.method ?? "GET"} ${path}`;
    const start = this.#start.exec(path)?.groups;
    const callback = this.#callback.exec(path)?.groups;
    if (key === "GET /") return send(response, { status: 200, html: homePage(this.place.name) });
    if (key === "GET /home") return send(response, this.#home(site));
    if (key === "GET /sign-in") return send(response, await this.#find(new URLSearchParams(query)));
    if (key === "POST /sign-out") return send(response, await this.#leave(site));
    if (start !== undefined && request.method === "GET") return send(response, await this.#begin(start));
    if (callback === undefined) return send(response, page(404, "There is nothing here."));
    const text = request.method === "POST" ? await readForm(request, response) : query;
    if (text === undefined) return;
    send(response, await this.#back(site, callback, new URLSearchParams(text)));
  }

  #record(names: PathNames): Promise<AppRecord | undefined> {
    return this.#records.find(names, this.mistakes.has("serves-pending"));
  }

  #home({ request }: SiteRequest): Answer {
    const person = this.#sessions.get(cookieOf(request, sessionCookie) ?? "");
    if (person === undefined) return { status: 303, headers: { location: "/" } };
    return { status: 200, html: signedInPage(this.place.name, person) };
  }

  /** By the e-mail address, as docs/sql.md says. */
  async #find(query: URLSearchParams): Promise<Answer> {
    const domain = (query.get("email") ?? "").split("@")[1]?.toLowerCase() ?? "";
    const names = await this.#records.findByDomain(domain);
    if (names === undefined) return page(404, "Nobody with this address signs in here.");
    return { status: 303, headers: { location: fill(this.place.start, names) } };
  }

  async #begin(names: PathNames): Promise<Answer> {
    const { mistakes } = this;
    if (mistakes.has("start-500")) return page(500, "Something went wrong.");
    if (mistakes.has("start-login")) return { status: 200, html: loginPage(this.place.name) };
    const record = mistakes.has("start-404") ? undefined : await this.#record(names);
    if (record === undefined) return page(404, "There is no such company here.");
    const { url, begun } = beginSignIn(record, mistakes, this.#parts.clock());
    const cookie = signInCookie(this.#signIns.add(begun), record, mistakes);
    const headers = { location: url, "cache-control": "no-store" };
    return { status: 303, headers: mistakes.has("no-cookie") ? headers : { ...headers, "set-cookie": cookie } };
  }

  async #back({ request }: SiteRequest, names: PathNames, sent: URLSearchParams): Promise<Answer> {
    const { mistakes } = this;
    const record = await this.#record(names);
    if (record === undefined) return page(404, "There is no such company here.");
    const posted = record.responseMode === "form_post";
    if (posted !== (request.method === "POST")) return page(405, "This is not how the answer should come.");
    if (sent.has("error")) {
      if (mistakes.has("callback-404")) return page(404, "There is nothing here.");
      if (mistakes.has("callback-500")) return page(500, "Something went wrong.");
    }
    const begun = this.#begun(cookieOf(request, safeCookie) ?? cookieOf(request, plainCookie), record, sent);
    const code = sent.get("code");
    if (mistakes.has("signs-anybody-in") && code !== null) {
      return this.#letIn(personOf(record, { sub: "anybody" }, ""));
    }
    if (begun === undefined) return page(400, "This sign-in was not begun in this browser. Please start again.");
    if (sent.has("iss") && sent.get("iss") !== record.issuer) return page(400, "The answer is another provider's.");
    if (code === null) return page(401, `The sign-in did not work: ${plainError(sent.get("error"))}.`);
    return this.#redeem(record, begun, code);
  }

  /** What the browser began, when the answer is to that. */
  #begun(cookie: string | undefined, record: AppRecord, sent: URLSearchParams): Begun | undefined {
    const { mistakes } = this;
    const now = this.#parts.clock();
    const state = sent.get("state") ?? undefined;
    const taken = mistakes.has("no-cookie") ? this.#signIns.takeByState(state) : this.#signIns.take(cookie, now);
    if (mistakes.has("forged-state")) {
      return taken ?? { record: record.key, state: undefined, nonce: undefined, verifier: undefined, at: now };
    }
    if (taken?.record !== record.key) return undefined;
    return taken.state === state ? taken : undefined;
  }

  async #redeem(record: AppRecord, { nonce, verifier }: Begun, code: string): Promise<Answer> {
    const { calls, keys, clock } = this.#parts;
    try {
      const stale = this.mistakes.has("stale-secret");
      const redeemed = await redeem(calls, keys(), { record, code, nonce, verifier, stale, now: clock() });
      const missing = missingClaim(record, redeemed.claims);
      if (missing !== undefined) return page(403, `Your account is not one of ${record.orgName}'s (${missing}).`);
      if (record.state !== "active") return page(403, "Nobody can sign in here yet.");
      return this.#letIn(personOf(record, redeemed.claims, redeemed.idToken));
    } catch (error) {
      if (!(error instanceof RedeemError)) throw error;
      const told = this.mistakes.has("silent") ? undefined : error.code;
      const answer = page(400, told === undefined ? "The sign-in did not work." : `The sign-in did not work: ${told}.`);
      return told === undefined ? answer : { ...answer, headers: { "x-oidc-error": told } };
    }
  }

  #letIn(person: Person): Answer {
    const session = randomToken(24);
    if (this.#sessions.size >= mostSessions) this.#sessions.clear();
    this.#sessions.set(session, person);
    const cookies = [
      `${sessionCookie}=${session}; Path=/; Secure; HttpOnly; SameSite=Lax`,
      `${safeCookie}=; Path=/; Secure; HttpOnly; Max-Age=0`,
    ];
    return { status: 303, headers: { location: "/home", "set-cookie": cookies } };
  }

  async #leave({ request }: SiteRequest): Promise<Answer> {
    const cookie = cookieOf(request, sessionCookie) ?? "";
    const person = this.#sessions.get(cookie);
    this.#sessions.delete(cookie);
    const { host, postLogout } = this.place;
    const headers = { "set-cookie": `${sessionCookie}=; Path=/; Secure; HttpOnly; Max-Age=0` };
    const record = person === undefined ? undefined : await this.#records.byKey(person.record);
    if (person === undefined || record?.endSessionEndpoint === undefined || !record.endSession) {
      return { status: 200, headers, html: leavePage(this.place.name) };
    }
    const url = new URL(record.endSessionEndpoint);
    url.searchParams.set("id_token_hint", person.idToken);
    url.searchParams.set("client_id", record.clientId);
    if (postLogout !== undefined) url.searchParams.set("post_logout_redirect_uri", `https://${host}${postLogout}`);
    return { status: 303, headers: { ...headers, location: url.href } };
  }
}

function page(status: number, message: string): Answer {
  return { status, html: messagePage(String(status), message) };
}

/** An error code that somebody sent, when it looks like one. */
function plainError(error: string | null): string {
  return error !== null && /^[a-z_]{1,40}$/.test(error) ? error : "unknown";
}

function patternOf(template: string): RegExp {
  const pattern = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>[A-Za-z0-9-]{1,60})`);
  return new RegExp(`^${pattern}$`);
}

function fill(template: string, names: PathNames): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name as keyof PathNames] ?? "");
}
