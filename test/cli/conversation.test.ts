import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { openConversation } from "../../src/cli/conversation.ts";

describe("a conversation", () => {
  const open = (terminal: boolean) => {
    const input = new PassThrough();
    const output = new PassThrough();
    return { input, conversation: openConversation(input, output, terminal) };
  };

  test("lines that came early answer the next questions", async () => {
    const { input, conversation } = open(false);
    input.write("one\ntwo\nthree");
    expect(await conversation.question("a? ")).toBe("one");
    expect(await conversation.question("b? ")).toBe("two");
    input.end();
    expect(await conversation.question("c? ")).toBe("three");
    expect(await conversation.question("d? ")).toBeUndefined();
  });

  test("Ctrl-C takes back what was typed ahead", async () => {
    const { input, conversation } = open(true);
    input.write("one\ntwo\n\u0003");
    expect(await conversation.question("a? ")).toBeUndefined();
  });

  test.each([
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ])("%s ends it", async (_name, key) => {
    const { input, conversation } = open(true);
    const answer = conversation.question("a? ");
    input.write(`ab${key === "\u0004" ? "\n" : ""}${key}`);
    expect(await answer).toBe(key === "\u0004" ? "ab" : undefined);
    expect(await conversation.question("b? ")).toBeUndefined();
  });
});
