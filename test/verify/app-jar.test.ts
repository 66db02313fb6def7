import { describe, expect, test } from "vitest";
import { CookieJar } from "../../src/verify/app/jar.ts";

const now = Date.UTC(2026, 0, 1);
const at = "https://app.example/openid/start/7vk2";

function jarWith(...lines: string[]): CookieJar {
  const jar = new CookieJar();
  jar.store(at, lines, now);
  return jar;
}

describe("a cookie goes only where a browser would send it", () => {
  test.each([
    ["to its host", "a=1; Path=/", "https://app.example/x", "a=1"],
    ["not to another host", "a=1; Path=/", "https://idp.example/x", undefined],
    ["not to a host below its own without Domain", "a=1; Path=/", "https://x.app.example/", undefined],
    ["to hosts below its Domain", "a=1; Path=/; Domain=app.example", "https://x.app.example/", "a=1"],
    ["not to a host that only ends alike", "a=1; Path=/; Domain=app.example", "https://notapp.example/", undefined],
    ["not without TLS", "a=1; Path=/", "http://app.example/", undefined],
    ["below its path", "a=1; Path=/openid", "https://app.example/openid/callback", "a=1"],
    ["not beside its path", "a=1; Path=/openid", "https://app.example/openid2", undefined],
    ["below the folder it was set in, without a path", "a=1", "https://app.example/openid/start/x", "a=1"],
    ["not above that folder", "a=1", "https://app.example/openid/callback", undefined],
    ["not once it has run out", "a=1; Path=/; Max-Age=0", "https://app.example/", undefined],
    ["not after its day", "a=1; Path=/; Expires=Thu, 01 Jan 2015 00:00:00 GMT", "https://app.example/", undefined],
    ["with Max-Age before Expires", "a=1; Path=/; Max-Age=9; Expires=Thu, 01 Jan 2015 00:00:00 GMT", at, "a=1"],
  ])("%s", (_, line, url, header) => {
    expect(jarWith(line).header(url)).toBe(header);
  });

  test("the longest path first, and the newest value of a name", () => {
    const jar = jarWith("a=1; Path=/", "b=2; Path=/openid", "a=3; Path=/");
    expect(jar.header(at)).toBe("b=2; a=3");
    jar.store(at, ["a=; Path=/; Max-Age=0"], now);
    expect(jar.header(at)).toBe("b=2");
  });

  test("a copy is a jar of its own", () => {
    const jar = jarWith("a=1; Path=/");
    jar.copy().store(at, ["b=2; Path=/"], now);
    expect(jar.header(at)).toBe("a=1");
  });
});

describe("a cookie that no browser keeps", () => {
  test.each([
    ["__Host-a=1; Secure; Path=/x", "prefix"],
    ["__Host-a=1; Path=/", "prefix"],
    ["__Host-a=1; Secure; Path=/; Domain=app.example", "prefix"],
    ["__Secure-a=1", "prefix"],
    ["a=1; SameSite=None", "none-insecure"],
    ["a=1; Domain=elsewhere.example", "domain"],
    ["a=1; Domain=example", "domain"],
    [`a=${"x".repeat(5000)}`, "too-large"],
  ])("%s", (line, reason) => {
    const jar = jarWith(line);
    expect([jar.cookies, jar.refused]).toEqual([[], [reason]]);
  });

  test.each(["=1", "", "a=1\r\nx: y", "no-value"])("%j is no cookie at all", (line) => {
    expect([jarWith(line).cookies, jarWith(line).refused]).toEqual([[], []]);
  });

  test("more than fifty are not taken from one answer", () => {
    expect(jarWith(...Array.from({ length: 80 }, (_, n) => `c${n}=1; Path=/`)).cookies).toHaveLength(50);
  });
});
