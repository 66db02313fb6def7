import type { KeptRequest } from "../request-log.ts";
import { type Content, type Html, html } from "./html.ts";
import { live } from "./layout.ts";
import { address, count, searchOf } from "./list.ts";
import { badge, long, type Row, table } from "./table.ts";
import type { World } from "./world.ts";

/** Requests on one page. */
const size = 100;

const statuses = [
  { value: "", name: "any", fits: () => true },
  { value: "2", name: "2xx, done", fits: (status: number) => status >= 200 && status < 300 },
  { value: "3", name: "3xx, elsewhere", fits: (status: number) => status >= 300 && status < 400 },
  { value: "4", name: "4xx, refused", fits: (status: number) => status >= 400 && status < 500 },
  { value: "429", name: "429, too many", fits: (status: number) => status === 429 },
  { value: "5", name: "5xx, failed", fits: (status: number) => status >= 500 },
  { value: "cut", name: "no answer", fits: (status: number) => status === 0 },
] as const;

/** What was asked of the sandbox, newest first, filtered by host, status and text. */
export function requestsPage(world: World, query: URLSearchParams): Html {
  const search = searchOf(query);
  const host = query.get("host") ?? "";
  const status = statuses.find(({ value }) => value === query.get("status")) ?? statuses[0];
  const before = /^\d{1,12}$/.test(query.get("before") ?? "") ? Number(query.get("before")) : Number.POSITIVE_INFINITY;
  const all = numbered(world);
  const needle = search.toLowerCase();
  const fitting = all.filter(
    ({ entry }) =>
      (host === "" || entry.host === host) &&
      status.fits(entry.status) &&
      `${entry.method} ${entry.host}${target(entry)}`.toLowerCase().includes(needle),
  );
  const rest = fitting.filter(({ number }) => number < before);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const older = last !== undefined && rest.length > shown.length ? String(last.number) : undefined;
  const path = "/requests";
  const forgotten = world.requests.total - all.length;
  return html`<h1>Requests</h1>
<p>Newest first, without bodies and credentials. Asking the sandbox about itself is not told.</p>
<form role="search" action="${path}" method="get">
<label>Host <select name="host"><option value="">any</option>${world.hosts.map((each) => option(each, each, host))}</select></label>
<label>Status <select name="status">${statuses.map(({ value, name }) => option(value, name, status.value))}</select></label>
<label>Text in method or address <input type="search" name="q" value="${search}" maxlength="200" spellcheck="false" autocomplete="off"></label>
<button type="submit">Filter</button> <a href="${path}">Show all</a>
</form>
${live(
  "requests",
  html`${requestTable(shown, fitting.length === all.length ? "All requests" : "Requests that fit", all.length === 0 ? "Nothing was asked yet." : "No request fits.")}
<div class="pager"><p>${count(shown.length)} of ${count(fitting.length)}${fitting.length === all.length ? undefined : ` that fit, of ${count(all.length)} altogether`}; ${count(all.length - shown.length)} not shown.${
    forgotten > 0 ? ` ${count(forgotten)} older ones are forgotten.` : undefined
  }</p><nav aria-label="Pages of requests">${
    before === Number.POSITIVE_INFINITY
      ? undefined
      : html`<a href="${address(path, query, { before: undefined })}">Newest</a> `
  }${older === undefined ? undefined : html`<a href="${address(path, query, { before: older })}">Older</a>`}</nav></div>`,
)}
${live("notes", noteList(world.requests.notes))}`;
}

/** What the sandbox remarked about its own answers, newest first, whatever the filter; nothing when there is nothing. */
function noteList(notes: readonly string[]): Html {
  if (notes.length === 0) return html``;
  return html`<h2>Notes</h2>
<p>What the sandbox could not play, newest first. It keeps the last 200.</p>
<ul>${notes.toReversed().map((note) => html`<li class="long">${note}</li>`)}</ul>`;
}

/** The newest few, for the overview. */
export function newestRequests(world: World, most: number): Html {
  return requestTable(numbered(world).slice(0, most), "The newest requests", "Nothing was asked yet.");
}

interface Numbered {
  /** Counted from the start of the sandbox. */
  readonly number: number;
  readonly entry: KeptRequest;
}

function numbered({ requests }: World): readonly Numbered[] {
  const { entries, total } = requests;
  const before = total - entries.length;
  return entries.map((entry, index) => ({ number: before + index + 1, entry })).reverse();
}

function requestTable(requests: readonly Numbered[], caption: string, empty: string): Html {
  const columns = ["Request", "Status", "Time (UTC)", "Duration", "Number"];
  return table(caption, columns, requests.map(row), empty);
}

function row({ number, entry }: Numbered): Row {
  return {
    key: String(number),
    cells: [
      html`<span class="quiet">${entry.method}</span> ${long(`${entry.host}${target(entry)}`)}`,
      showStatus(entry.status),
      html`<time class="number" datetime="${entry.at}">${entry.at.slice(11, 23)}</time>`,
      html`<span class="number">${count(entry.milliseconds)} ms</span>`,
      html`<span class="number">${count(number)}</span>`,
    ],
  };
}

function target({ path, query }: KeptRequest): string {
  return query === "" ? path : `${path}?${query}`;
}

function showStatus(status: number): Content {
  if (status === 0) return badge("bad", "no answer");
  const kind = status < 300 ? "good" : status < 400 ? "info" : status < 500 ? "warn" : "bad";
  return badge(kind, String(status));
}

function option(value: string, name: string, chosen: string): Html {
  return value === chosen
    ? html`<option value="${value}" selected>${name}</option>`
    : html`<option value="${value}">${name}</option>`;
}
