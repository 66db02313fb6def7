import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { allMisbehaviours } from "../../../sandbox/misbehave/all.ts";

/** What is told as a fact (K7, D24), or is as it should be for a client of that method. */
const told = ["jwks-text-plain", "jwks-cached-a-month", "auth-method-basic-only"];

test("every failure mode of the sandbox has a test of its own, under its name", () => {
  const tests = readdirSync(import.meta.dirname).flatMap((file) => /^(.+)\.test\.ts$/.exec(file)?.[1] ?? []);
  const names = allMisbehaviours.map(({ name }) => name).filter((name) => !told.includes(name));
  expect(tests.filter((name) => name !== "complete").sort()).toEqual([...names].sort());
});
