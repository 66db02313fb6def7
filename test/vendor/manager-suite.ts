import { expect, test } from "vitest";
import { SecretFault } from "../../src/secret/remote.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { SecretManager } from "../../src/secret/sink.ts";
import { parseReference, type Reference } from "../../src/workspace/reference.ts";

/** Bytes that JSON, templates, shells and headers would each take for something of theirs. */
const hostileSecret = `q'"\`\\ $\{{ env "X" }} {{x}} $HOME\n\ttab\r\n ü€😀`;

export const markOf = (key: string, secretId = "s1") => ({ owner: `acme/production/${key}`, secretId });

export function referenceTo<S extends Reference["scheme"]>(scheme: S, text: string): Extract<Reference, { scheme: S }> {
  const found = parseReference(text);
  if (found?.scheme !== scheme) throw new Error(text);
  return found as Extract<Reference, { scheme: S }>;
}

export async function faultOf(work: Promise<unknown>): Promise<SecretFault> {
  const found = await work.catch((error: unknown) => error);
  if (found instanceof SecretFault) return found;
  throw new Error(`no fault: ${String(found)}`);
}

export interface ManagerPlace {
  open(): Promise<SecretManager>;
  /** A reference to something that is not there yet, another one each time. */
  fresh(): Reference;
  /** Another field of the same secret; absent where a secret is one text. */
  beside?(reference: Reference): Reference;
  /** Puts a text there, as somebody else would. */
  theirs(reference: Reference, text: string): Promise<void> | void;
}

/** What every secret manager does with what is put there. */
export function managerSuite({ open, fresh, beside, theirs }: ManagerPlace): void {
  test("nothing is there before it is put there; then it is, byte for byte, with whose it is", async () => {
    const at = fresh();
    expect(await (await open()).look(at)).toBeUndefined();
    await (await open()).put(at, new Secret(hostileSecret), markOf("a/b"));
    const found = await (await open()).look(at);
    expect(found?.value.reveal()).toBe(hostileSecret);
    expect(found?.mark).toEqual(markOf("a/b"));
    expect((await (await open()).read(at))?.reveal()).toBe(hostileSecret);
  });

  test("another secret takes its place, and its mark", async () => {
    const at = fresh();
    await (await open()).put(at, new Secret("one"), markOf("a/b"));
    await (await open()).put(at, new Secret("two"), markOf("a/b", "s2"));
    const found = await (await open()).look(at);
    expect([found?.value.reveal(), found?.mark]).toEqual(["two", markOf("a/b", "s2")]);
  });

  test("what another connection has put there is neither changed nor taken away", async () => {
    const at = fresh();
    const manager = await open();
    await manager.put(at, new Secret("theirs"), markOf("a/b"));
    expect((await faultOf(manager.put(at, new Secret("ours"), markOf("c/d")))).code).toBe("SECRET_SINK_FOREIGN");
    await manager.drop(at, markOf("c/d").owner);
    expect((await (await open()).read(at))?.reveal()).toBe("theirs");
  });

  test("what a person has put there is read, and not changed", async () => {
    const at = fresh();
    await theirs(at, "by hand");
    const manager = await open();
    expect((await manager.read(at))?.reveal()).toBe("by hand");
    const fault = await faultOf(manager.put(at, new Secret("ours"), markOf("c/d")));
    expect(fault.code).toBe("SECRET_SINK_FOREIGN");
    expect(fault.message).not.toMatch(/by hand|ours/);
    await manager.drop(at, markOf("c/d").owner);
    expect((await (await open()).read(at))?.reveal()).toBe("by hand");
  });

  test("what is ours goes when it is dropped; dropping it again is done", async () => {
    const at = fresh();
    await (await open()).put(at, new Secret("x"), markOf("a/b"));
    await (await open()).drop(at, markOf("a/b").owner);
    await (await open()).drop(at, markOf("a/b").owner);
    const found = await (await open()).look(at).catch((error: unknown) => error);
    expect(found === undefined || found instanceof SecretFault).toBe(true);
  });

  test("other fields of the same secret stay", async (context) => {
    if (beside === undefined) return context.skip("a secret is one text here");
    const one = fresh();
    const two = beside(one);
    const manager = await open();
    await manager.put(one, new Secret("1"), markOf("a/b"));
    await manager.put(two, new Secret("2"), markOf("c/d"));
    await manager.drop(one, markOf("a/b").owner);
    expect(await (await open()).look(one)).toBeUndefined();
    expect((await (await open()).read(two))?.reveal()).toBe("2");
  });
}
