import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Companies, openCompanies } from "../support/companies.ts";

describe("what people read on a terminal of 80 columns", () => {
  let companies: Companies;
  beforeAll(async () => {
    companies = await openCompanies("sqlite");
    expect((await companies.tenantry("apply", "--yes")).exit).toBe(0);
    const northwind = companies.workspace.sandbox.providers["northwind-rail"];
    northwind.replaceSecret(northwind.clients[0]?.clientId ?? "");
    expect((await companies.tenantry("verify", "northwind-rail")).exit).toBe(6);
  });
  afterAll(() => companies.close());

  /** Lines that are too long although they could be broken: at a space beyond the label. */
  const tooLong = (text: string): readonly string[] =>
    text.split("\n").filter((line) => line.length > 80 && / {2}\S+ \S/.test(line));

  it.each([
    [["status"]],
    [["status", "--locks"]],
    [["verify"]],
    [["verify", "--all", "tannberg"]],
    ...["whiterabbit", "fernhill", "northwind-rail", "alder-voss", "tannberg", "cobalt-clinics", "ostrava-steel"].map(
      (slug) => [["show", slug]],
    ),
  ])("%s", async (args) => {
    const { out } = await companies.tenantry(...args);
    expect(out).not.toBe("");
    expect(tooLong(out)).toEqual([]);
  });

  it("says of each customer what somebody has to do", async () => {
    const { out } = await companies.tenantry("status");
    expect(out).toContain("8 tenants, 9 connections: 7 active, 6 of them proven");
    expect(out).toMatch(
      /northwind-rail\/portal\n {4}the newest proof is fail; `tenantry verify northwind-rail\/portal`/,
    );
    expect(out).toMatch(/ostrava-steel\/portal\n {4}waiting for the client id and the client secret from the customer/);
    expect(out).not.toMatch(/tannberg\/portal\n {4}/);
  });

  it("has the same in JSON, with what is waited for", async () => {
    const { connections } = (await companies.tenantry("status", "--json")).json() as unknown as {
      connections: readonly Record<string, unknown>[];
    };
    const of = (key: string) => connections.find((one) => one.key === key);
    expect(of("ostrava-steel/portal")).toMatchObject({
      idp: "external",
      status: "draft",
      record: null,
      clientId: null,
      waitingFor: ["clientId", "clientSecret"],
      proof: null,
    });
    expect(of("fernhill/orders")).toMatchObject({ idp: "customers", record: "active", waitingFor: [] });
    expect(of("northwind-rail/portal")).toMatchObject({ proof: { verdict: "fail", current: true } });
  });
});
