import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { explain, explanations } from "../../scripts/replay/explained.ts";
import { masks } from "../../scripts/replay/masks.ts";
import { type Exchange, NotARecording, readRecording, readRecordings } from "../../scripts/replay/recording.ts";
import { type Miss, type Replayed, replay } from "../../scripts/replay/replay.ts";
import { missesOf, otherValuesOf, sumOf } from "../../scripts/replay/report.ts";

const fixtures = join(import.meta.dirname, "../../../shared/fixtures");
const isThere = existsSync(fixtures);
const recordings = isThere ? ["okta", "auth0"].flatMap((vendor) => readRecordings(join(fixtures, vendor))) : [];

describe.skipIf(!isThere)("the recordings of real orgs and tenants", () => {
  const results: Replayed[] = [];

  test.each(recordings.map((recording) => [recording.name, recording] as const))("%s", async (_name, recording) => {
    const result = await replay(recording);
    results.push(result);
    const unexplained = ({ request }: Miss): boolean => explain(result.vendor, result.name, request) === undefined;
    expect(missesOf([{ ...result, misses: result.misses.filter(unexplained) }])).toBe("");
    expect(otherValuesOf([{ ...result, otherValues: result.otherValues.filter(unexplained) }])).toBe("");
  });

  test("at least 97 % of the exchanges in scope come out as recorded", () => {
    const { matched, total } = sumOf(results);
    expect(results).toHaveLength(recordings.length);
    expect(matched / total).toBeGreaterThanOrEqual(0.97);
  });

  test("every mask and every explanation is needed", () => {
    const used = new Set(results.flatMap(({ masked }) => [...masked.keys()]));
    expect(masks.filter((mask) => mask.elsewhere !== true && !used.has(mask)).map(({ reason }) => reason)).toEqual([]);
    const idle = explanations.filter(
      (each) =>
        each.elsewhere !== true &&
        !results.some(({ vendor, name, misses, otherValues }) =>
          [...misses, ...otherValues].some(
            ({ request }) => each.vendor === vendor && each.recording.test(name) && each.request.test(request),
          ),
        ),
    );
    expect(idle.map(({ reason }) => reason)).toEqual([]);
  });
});

describe("the comparison", () => {
  const exchanges: readonly Exchange[] = [
    {
      method: "POST",
      path: "/api/v1/groups",
      body: { profile: { name: "staff", description: "People" } },
      status: 200,
      response: group("00gabcdefghijklmnopq"),
    },
    {
      method: "GET",
      path: "/api/v1/groups/00gabcdefghijklmnopq",
      body: null,
      status: 200,
      response: group("00gabcdefghijklmnopq"),
    },
  ];

  test("translates ids as they appear", async () => {
    const { total, misses, otherValues } = await replay({ name: "one", vendor: "okta", exchanges });
    expect({ total, misses, otherValues }).toEqual({ total: 2, misses: [], otherValues: [] });
  });

  test.each([
    ["a status", { status: 404 }, "status 404 here 200"],
    ["a missing key", { response: { ...group("00gabcdefghijklmnopq"), mood: "good" } }, "missing .mood: string"],
    ["another type", { response: { ...group("00gabcdefghijklmnopq"), type: 7 } }, "missing .type: number"],
    ["a key too many", { response: { id: "00gabcdefghijklmnopq" } }, "extra .profile.name: string"],
  ])("finds %s", async (_what, change, line) => {
    const [first, second] = exchanges as [Exchange, Exchange];
    const { misses } = await replay({ name: "one", vendor: "okta", exchanges: [first, { ...second, ...change }] });
    expect(misses).toHaveLength(1);
    expect(misses[0]?.lines.join("\n")).toContain(line);
  });

  test("finds another value in an answer of the right shape", async () => {
    const [first, second] = exchanges as [Exchange, Exchange];
    const other = { ...second, response: { ...group("00gabcdefghijklmnopq"), type: "APP_GROUP" } };
    const { misses, otherValues } = await replay({ name: "one", vendor: "okta", exchanges: [first, other] });
    expect(misses).toEqual([]);
    expect(otherValues[0]?.lines).toEqual([".type"]);
  });

  test("counts what is out of scope apart", async () => {
    const zones: Exchange = { method: "GET", path: "/api/v1/zones", body: null, status: 200, response: [] };
    const { total, outOfScope } = await replay({ name: "one", vendor: "okta", exchanges: [...exchanges, zones] });
    expect(total).toBe(2);
    expect([...outOfScope]).toEqual([["/api/v1/zones", 1]]);
  });
});

/** A group as Okta shows it. */
function group(id: string): object {
  const url = `https://dev.okta.example/api/v1/groups/${id}`;
  const logo = { name: "medium", href: "https://cdn.okta.example/medium.png", type: "image/png" };
  return {
    id,
    created: "2026-01-06T09:19:35.000Z",
    lastUpdated: "2026-01-06T09:19:35.000Z",
    lastMembershipUpdated: "2026-01-06T09:19:35.000Z",
    objectClass: ["okta:user_group"],
    type: "OKTA_GROUP",
    profile: { name: "staff", description: "People" },
    _links: {
      logo: [logo, { ...logo, name: "large" }],
      users: { href: `${url}/users` },
      apps: { href: `${url}/apps` },
    },
  };
}

describe("what is no recording", () => {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-recordings-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  test.each([
    ["no folder", undefined, /cannot be read: ENOENT/],
    ["no JSON", "not json", /is no JSON/],
    ["no list", "{}", /is no list of exchanges/],
    ["an item that is none", "[5]", /exchange 1: no object/],
    ["no path", '[{"method":"GET"}]', /exchange 1: needs `method` and a `path`/],
  ])("%s", (_what, content, message) => {
    const file = join(folder, "one.json");
    if (content === undefined) rmSync(file, { force: true });
    else writeFileSync(file, content);
    const read = (): unknown => (content === undefined ? readRecordings(join(folder, "absent")) : readRecording(file));
    expect(read).toThrow(NotARecording);
    expect(read).toThrow(message);
  });
});
