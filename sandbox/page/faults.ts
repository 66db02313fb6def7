import type { FaultCount } from "../faults.ts";
import { misbehaviourOf, type Switched } from "../misbehave/misbehaviours.ts";
import { type Html, html } from "./html.ts";
import { live } from "./layout.ts";
import { count } from "./list.ts";
import { badge, code, type Row, table } from "./table.ts";
import type { World } from "./world.ts";

/** The rules by which requests go wrong, with what became of them, and what providers are wrong in. */
export function faultsPage(world: World): Html {
  return html`<h1>Faults</h1>
<p>Requests that go wrong on purpose. Rules are added and removed by the command line or by <code>POST /faults</code> and <code>DELETE /faults</code>; of several that fit a request the oldest with hits left strikes.</p>
<p>What a provider is wrong in until it is turned off: <code>tenantry sandbox misbehave</code>.</p>
${live("faults", faultTables(world))}`;
}

/** All rules as a table, and below it the misbehaviours that are on, where there are any. */
export function faultTables({ faults, misbehaviours }: World): Html {
  const columns = ["Effect", "Requests", "More", "Hits", "Left", "Let by", "Number"];
  const rules = faults.counts();
  const { switched } = misbehaviours;
  return html`${
    rules.length === 0 && switched.length > 0
      ? undefined
      : table("Rules, oldest first", columns, rules.map(row), "No request goes wrong on purpose.")
  }${
    switched.length === 0
      ? undefined
      : table("Misbehaviours, oldest first", ["Failure", "Host", "What the provider does"], switched.map(switchRow), "")
  }`;
}

function switchRow({ host, name }: Switched): Row {
  return {
    key: `${host} ${name}`,
    cells: [html`${name} ${badge("warn", "on")}`, code(host), misbehaviourOf(name)?.about ?? ""],
  };
}

function row(rule: FaultCount): Row {
  const { id, effect, host, method, path, passed, hits, remaining, times: _times, skip: _skip, ...more } = rule;
  const others = Object.entries(more).filter(([, value]) => value !== undefined);
  return {
    key: String(id),
    cells: [
      html`${effect} ${remaining === 0 ? badge("plain", "spent") : badge("warn", "armed")}`,
      html`<span class="quiet">${method ?? "any method"}</span> ${host === undefined ? "any host" : code(host)}${
        path === undefined ? undefined : html` ${code(path)}`
      }`,
      others.map(([name, value]) => html`${name} ${code(typeof value === "string" ? value : JSON.stringify(value))} `),
      html`<span class="number">${count(hits)}</span>`,
      html`<span class="number">${remaining === null ? "all" : count(remaining)}</span>`,
      html`<span class="number">${count(passed)}</span>`,
      html`<span class="number">${id}</span>`,
    ],
  };
}
