import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Address, ConnectionKey } from "../../src/desired/connection.ts";
import type { Change } from "../../src/plan/change.ts";
import { guard } from "../../src/plan/guard.ts";
import { plain } from "../../src/plan/paint.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { renderPlanMarkdown } from "../../src/plan/render-markdown.ts";
import { renderPlanText } from "../../src/plan/render-text.ts";
import { planOf, registrationUpdate, tenants } from "./changes.ts";

const stopsOf = (plan: Plan) =>
  guard({ plan, settings: { maxTenants: 3, maxShare: 0.1 }, tenants: 9, acknowledged: [], entries: new Map() });

const of = (tenant: string) => ({ tenant, key: `${tenant}/portal` as ConnectionKey });

const every: Plan = planOf(
  [
    {
      ...of("cheshire"),
      address: "idp/workforce/client/cheshire/portal" as Address,
      action: "create",
      after: {
        label: "cheshire/portal Cheshire Cats (production)",
        active: true,
        clientId: "tnay4gdlh6k62hssb4udxa4e5icn",
        redirectUris: ["https://portal.acme.example/openid/callback/p9fw3k7ztq2xm6vhr4bn"],
        postLogoutRedirectUris: [],
        assignment: ["cats", "kittens"],
      },
      knownAfter: [],
    },
    {
      ...of("cheshire"),
      address: "app/portal/record/cheshire/portal" as Address,
      action: "create",
      after: { issuer: "https://acme.okta.com", roles: { claim: "groups", map: { cats: "admin" } }, session: null },
      knownAfter: ["clientSecretId"],
    },
    { ...of("cheshire"), address: "app/portal/record/cheshire/portal" as Address, action: "activate" },
    {
      ...registrationUpdate(
        "whiterabbit",
        {
          label: "old",
          pkce: "S256",
          redirectUris: ["https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5"],
        },
        {
          label: "new",
          pkce: "off",
          redirectUris: ["https://portal.acme.example/openid/callbacks/7vk2m9qhx4rw8t3nbcd5"],
        },
        ["redirectUris", "clientAuth"],
      ),
    },
    {
      ...of("redqueen"),
      address: "idp/workforce/client/redqueen/portal" as Address,
      action: "replace",
      before: { type: "spa" },
      after: { type: "web" },
      because: ["type"],
      hot: [],
    },
    { ...of("redqueen"), address: "app/portal/record/redqueen/portal" as Address, action: "delete", before: {} },
  ],
  {
    unchanged: 4,
    coverage: [
      { what: "idp/workforce apps", read: 9, total: 9 },
      { what: "idp/workforce assignments", read: 20, total: 240 },
    ],
    budget: [
      { bucket: "acme.okta.com /api/v1/apps", calls: 6, perMinute: 10, minutes: 0 },
      { bucket: "acme.okta.com /api/v1/apps/{id}", calls: 301, perMinute: 100, minutes: 3 },
      { bucket: "acme.okta.com /api/v1/groups", calls: 0 },
    ],
  },
);

describe("text", () => {
  test("says what is done, marks what is hot, names the stops", () => {
    expect(`\n${renderPlanText(every, stopsOf(every))}\n`).toMatchInlineSnapshot(`
      "
      Plan for acme in production: 2 to create, 1 to update, 1 to replace, 1 to delete, 1 to activate, 4 unchanged

      cheshire
        + create   idp/workforce/client/cheshire/portal
            clientId      tnay4gdlh6k62hssb4udxa4e5icn
            redirectUris  https://portal.acme.example/openid/callback/p9fw3k7ztq2xm6vhr4bn
            assignment    cats, kittens
            and 2 more fields (--full shows all)
        + create   app/portal/record/cheshire/portal
            issuer          https://acme.okta.com
            roles           {"claim":"groups","map":{"cats":"admin"}}
            clientSecretId  (known after)
        ↑ activate app/portal/record/cheshire/portal
            only after every link is proven

      redqueen
        ± replace  idp/workforce/client/redqueen/portal
            type  spa -> web (hot)
        - delete   app/portal/record/redqueen/portal

      whiterabbit
        ~ update   idp/workforce/client/whiterabbit/portal
            label         old -> new
            pkce          S256 -> off (hot)
            redirectUris (hot)
              - https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5
              + https://portal.acme.example/openid/callbacks/7vk2m9qhx4rw8t3nbcd5

      Not read: idp/workforce assignments, 220 of 240 (--deep reads all)
      ~307 calls at acme.okta.com, about 3 minutes
        ~301 at /api/v1/apps/{id}, 100 a minute
      Plan digest 6765a91031918f011610702ace27a9f495081ae66ed9701d3a9f9e37802a2443

      Stopped by 5 guards:
        PLAN_GUARD_TENANTS  2 of 9 tenants lose or change their sign-in; 1 may in one change
          acknowledge it with --ack plan:tenants
        PLAN_GUARD_DELETE  idp/workforce/client/redqueen/portal is replaced, which gives it another client id
          acknowledge it with --ack idp/workforce/client/redqueen/portal:replace
        PLAN_GUARD_DELETE  app/portal/record/redqueen/portal is deleted
          acknowledge it with --ack app/portal/record/redqueen/portal:delete
        PLAN_GUARD_HOT  idp/workforce/client/whiterabbit/portal changes the hot field redirectUris
          acknowledge it with --ack idp/workforce/client/whiterabbit/portal:redirectUris
          or, reviewed with the change, in the tenant file:
            acknowledge:
              - address: idp/workforce/client/whiterabbit/portal
                field: redirectUris
                from: "https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5"
                to: "https://portal.acme.example/openid/callbacks/7vk2m9qhx4rw8t3nbcd5"
                reason: "why this change is right"
        PLAN_GUARD_HOT  idp/workforce/client/whiterabbit/portal changes the hot field clientAuth
          acknowledge it with --ack idp/workforce/client/whiterabbit/portal:clientAuth
          or, reviewed with the change, in the tenant file:
            acknowledge:
              - address: idp/workforce/client/whiterabbit/portal
                field: clientAuth
                from: "S256"
                to: "off"
                reason: "why this change is right"
      "
    `);
  });

  test("says what was not read in 80 columns", () => {
    const coverage = [
      { what: "idp/customers secret ids (Auth0 has none; verify proves the secret)", read: 0, total: 2 },
      { what: "idp/customers-of-the-north clients that no search shows", read: 0, total: 20 },
    ];
    expect(renderPlanText({ ...every, coverage }, [])).toContain(`
Not read: idp/customers secret ids (Auth0 has none; verify proves the secret),
  2 of 2
Not read: idp/customers-of-the-north clients that no search shows, 20 of 20
  (--deep reads all)
`);
  });

  test("shows every field with full", () => {
    const text = renderPlanText(every, [], plain, true);
    expect(text).toContain("label         cheshire/portal Cheshire Cats (production)");
    expect(text).not.toContain("more fields");
  });

  test("keeps to 80 columns where the values do", () => {
    const long = renderPlanText(every, stopsOf(every), plain, true)
      .split("\n")
      .filter((line) => line.length > 80);
    // The summary, a stop and a digest are one line each.
    expect(long.filter((line) => !/^Plan for|--ack|PLAN_GUARD|Plan digest|https:/.test(line))).toEqual([]);
  });

  test("says so when there is nothing to do", () => {
    const nothing = planOf([], { unchanged: 12 });
    expect(renderPlanText(nothing, [])).toMatch(
      /^Plan for acme in production: nothing to do, 12 unchanged\n\nPlan digest [0-9a-f]{64}$/,
    );
  });

  test("paints only what it is given paint for", () => {
    const mark = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
    const paint = { green: mark("g"), yellow: mark("y"), red: mark("r"), bold: mark("b"), dim: mark("d") };
    const painted = renderPlanText(every, stopsOf(every), paint);
    expect(painted).toContain("<r>- delete  </r>");
    expect(painted).toContain("<y>~ update  </y>");
    expect(painted).toContain("<g>+ create  </g>");
    expect(painted.replace(/<\/?[gyrbd]>/g, "")).toBe(renderPlanText(every, stopsOf(every)));
  });
});

describe("Markdown", () => {
  test("puts the stops and what is dangerous first and folds the details", () => {
    expect(`\n${renderPlanMarkdown(every, stopsOf(every))}`).toMatchInlineSnapshot(`
      "
      ### Tenantry: acme in production

      **2 to create, 1 to update, 1 to replace, 1 to delete, 1 to activate, 4 unchanged**

      | Stopped by | Why | Acknowledge with |
      | --- | --- | --- |
      | PLAN_GUARD_TENANTS | <code>2 of 9 tenants lose or change their sign-in; 1 may in one change</code> | <code>--ack plan:tenants</code> |
      | PLAN_GUARD_DELETE | <code>idp/workforce/client/redqueen/portal is replaced, which gives it another client id</code> | <code>--ack idp/workforce/client/redqueen/portal:replace</code> |
      | PLAN_GUARD_DELETE | <code>app/portal/record/redqueen/portal is deleted</code> | <code>--ack app/portal/record/redqueen/portal:delete</code> |
      | PLAN_GUARD_HOT | <code>idp/workforce/client/whiterabbit/portal changes the hot field redirectUris</code> | <code>--ack idp/workforce/client/whiterabbit/portal:redirectUris</code> |
      | PLAN_GUARD_HOT | <code>idp/workforce/client/whiterabbit/portal changes the hot field clientAuth</code> | <code>--ack idp/workforce/client/whiterabbit/portal:clientAuth</code> |

      <details><summary>Or, reviewed with the change, in the tenant file: redirectUris of idp/workforce/client/whiterabbit/portal</summary>

      \`\`\`yaml
      acknowledge:
        - address: idp/workforce/client/whiterabbit/portal
          field: redirectUris
          from: "https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5"
          to: "https://portal.acme.example/openid/callbacks/7vk2m9qhx4rw8t3nbcd5"
          reason: "why this change is right"
      \`\`\`

      </details>
      <details><summary>Or, reviewed with the change, in the tenant file: clientAuth of idp/workforce/client/whiterabbit/portal</summary>

      \`\`\`yaml
      acknowledge:
        - address: idp/workforce/client/whiterabbit/portal
          field: clientAuth
          from: "S256"
          to: "off"
          reason: "why this change is right"
      \`\`\`

      </details>

      | Tenant | Change | Address |
      | --- | --- | --- |
      | redqueen | ± replace | <code>idp/workforce/client/redqueen/portal</code> |
      | redqueen | - delete | <code>app/portal/record/redqueen/portal</code> |
      | whiterabbit | ~ update **hot** | <code>idp/workforce/client/whiterabbit/portal</code> |
      | cheshire | + create | <code>idp/workforce/client/cheshire/portal</code> |
      | cheshire | + create | <code>app/portal/record/cheshire/portal</code> |
      | cheshire | ↑ activate | <code>app/portal/record/cheshire/portal</code> |

      Not read: idp/workforce assignments, 220 of 240.

      &#126;307 calls at acme.okta.com, about 3 minutes: &#126;301 at /api/v1/apps/{id}, 100 a minute.  

      <details><summary>± <code>idp/workforce/client/redqueen/portal</code></summary>

      | Field | Before | After |
      | --- | --- | --- |
      | type **hot** | <code>spa</code> | <code>web</code> |

      </details>
      <details><summary>~ <code>idp/workforce/client/whiterabbit/portal</code></summary>

      | Field | Before | After |
      | --- | --- | --- |
      | label | <code>old</code> | <code>new</code> |
      | pkce **hot** | <code>S256</code> | <code>off</code> |
      | redirectUris **hot** | <code>https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5</code> | <code>https://portal.acme.example/openid/callbacks/7vk2m9qhx4rw8t3nbcd5</code> |

      </details>
      <details><summary>+ <code>idp/workforce/client/cheshire/portal</code></summary>

      | Field | Before | After |
      | --- | --- | --- |
      | label |  | <code>cheshire/portal Cheshire Cats (production)</code> |
      | active |  | <code>true</code> |
      | clientId |  | <code>tnay4gdlh6k62hssb4udxa4e5icn</code> |
      | redirectUris |  | <code>https://portal.acme.example/openid/callback/p9fw3k7ztq2xm6vhr4bn</code> |
      | assignment |  | <code>cats, kittens</code> |

      </details>
      <details><summary>+ <code>app/portal/record/cheshire/portal</code></summary>

      | Field | Before | After |
      | --- | --- | --- |
      | issuer |  | <code>https://acme.okta.com</code> |
      | roles |  | <code>{"claim":"groups","map":{"cats":"admin"}}</code> |
      | clientSecretId |  | <code>(known after)</code> |

      </details>


      <sub>Plan digest \`6765a91031918f011610702ace27a9f495081ae66ed9701d3a9f9e37802a2443\`</sub>
      "
    `);
  });

  const named = (name: string): string =>
    renderPlanMarkdown(
      planOf([
        {
          address: "app/portal/tenant/whiterabbit" as Address,
          tenant: "whiterabbit",
          action: "update",
          before: { name: "a" },
          after: { name },
          paths: ["name"],
          hot: [],
          knownAfter: [],
        },
      ]),
      [],
    );

  test.each([
    ["a cell's end", "a | b", "a &#124; b"],
    ["a cell's end behind a backslash", "a \\| b", "a &#92;&#124; b"],
    ["HTML", "<img src=x onerror=alert(1)>", "&#60;img src=x onerror=alert(1)&#62;"],
    ["an entity", "&lt;b&gt;", "&#38;lt;b&#38;gt;"],
    ["a mention", "@acme/admins", "&#64;acme/admins"],
    ["a link", "[approved](https://evil.example)", "&#91;approved&#93;(https://evil.example)"],
    ["an image", "![x](https://evil.example/a.png)", "!&#91;x&#93;(https://evil.example/a.png)"],
    ["code", "`rm`", "&#96;rm&#96;"],
    ["emphasis", "**hot** ~~gone~~", "&#42;&#42;hot&#42;&#42; &#126;&#126;gone&#126;&#126;"],
    ["a new line", "a\n### Approved\n| x |", "a\\u{a}### Approved\\u{a}&#124; x &#124;".replaceAll("\\", "&#92;")],
    ["a carriage return", "a\rb", "a&#92;u{d}b"],
  ])("makes no %s of a tenant's name", (_what, name, shown) => {
    expect(named(name)).toContain(`| name | <code>a</code> | <code>${shown}</code> |`);
  });

  test("a tenant's name never changes the shape of the page", () => {
    const shape = (page: string) => page.split("\n").map((line) => line.replace(/<code>.*<\/code>|`[0-9a-f]{64}`/, ""));
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (name) => {
        expect(shape(named(name))).toEqual(shape(named("b")));
      }),
      { numRuns: 40 },
    );
  });

  test("a stop's text is as harmless as a value", () => {
    const stop = { code: "PLAN_GUARD_HOT" as const, message: "a\u001b|<b>\n@c", acknowledge: "`d`" };
    expect(renderPlanMarkdown(planOf([]), [stop])).toContain(
      "| PLAN_GUARD_HOT | <code>a&#92;u{1b}&#124;&#60;b&#62;&#92;u{a}&#64;c</code> | <code>--ack &#96;d&#96;</code> |",
    );
  });

  const many = (count: number, value: string): Plan =>
    planOf(
      tenants(count).map((tenant) =>
        registrationUpdate(tenant, { redirectUris: ["a"] }, { redirectUris: [value] }, ["redirectUris"]),
      ),
    );

  test.each([
    [500, "https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5"],
    [5_000, "b"],
    [500, "|".repeat(2_000)],
    [1, "x".repeat(100_000)],
  ])("%i changes stay under 60,000 characters", (count, value) => {
    const plan = many(count, value);
    const page = renderPlanMarkdown(plan, stopsOf(plan));
    expect(page.length).toBeLessThanOrEqual(60_000);
    expect(page).toContain(plan.digest);
    expect(page).toContain(`**${count} to update, 0 unchanged**`);
    expect(page).toMatch(/\d+ more changes with details: see the plan as JSON\./);
    expect((page.match(/<details>/g) ?? []).length).toBe((page.match(/<\/details>/g) ?? []).length);
  });

  test("what is left out is counted, and what is dangerous stays in", () => {
    const plan = many(500, "https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5");
    const deleted: Change = {
      ...of("zebra"),
      address: "idp/workforce/client/zebra/portal" as Address,
      action: "delete",
      before: {},
    };
    const page = renderPlanMarkdown(planOf([...plan.changes, deleted]), stopsOf(plan));
    const rows = page.split("\n").filter((line) => /^\| tenant-|^\| zebra/.test(line));
    expect(rows[0]).toContain("| zebra | - delete |");
    const left = Number(/(\d+) more changes: see/.exec(page)?.[1]);
    expect(rows.length + left).toBe(501);
    const stopRows = page.split("\n").filter((line) => line.startsWith("| PLAN_GUARD"));
    expect(stopRows.length + Number(/(\d+) more stops/.exec(page)?.[1])).toBe(stopsOf(plan).length);
  });

  test("a smaller page is smaller still", () => {
    const plan = many(40, "https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5");
    for (const longest of [2_000, 5_000, 20_000]) {
      expect(renderPlanMarkdown(plan, stopsOf(plan), longest).length).toBeLessThanOrEqual(longest);
    }
  });
});

test("no value brings a control or hidden character into text or Markdown", () => {
  const hidden = fc.constantFrom(
    "\u0000",
    "\u0007",
    "\u001b[2J",
    "\r",
    "\n",
    "\t",
    "\u007f",
    "\u009b",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\ud800",
  );
  const value = fc
    .array(fc.oneof(hidden, fc.string({ unit: "binary", maxLength: 3 })), { maxLength: 6 })
    .map((all) => all.join(""));
  const json = fc.oneof(value, fc.array(value), fc.dictionary(value, value));
  fc.assert(
    fc.property(json, json, (before, after) => {
      const one = registrationUpdate("whiterabbit", { roles: before }, { roles: after }, ["roles"]);
      const create: Change = {
        ...of("redqueen"),
        address: one.address,
        action: "create",
        after: { name: after },
        knownAfter: [],
      };
      const plan = planOf([one, create]);
      const pages = [renderPlanText(plan, stopsOf(plan), plain, true), renderPlanMarkdown(plan, stopsOf(plan))];
      for (const page of pages) {
        expect(page.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u);
      }
    }),
  );
});
