import { createInterface } from "node:readline";
import type { Conversation } from "./terminal.ts";

/**
 * A conversation over two streams. Lines that come before they are asked for (pasted, typed ahead) answer the next
 * questions. Ctrl-C and Ctrl-D end it.
 *
 * @param terminal whether the input is a terminal; found out when absent
 */
export function openConversation(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  terminal?: boolean,
): Conversation {
  const lines = createInterface({ input, output, ...(terminal === undefined ? {} : { terminal }) });
  const waiting: string[] = [];
  let answer: ((line: string | undefined) => void) | undefined;
  let gone = false;
  const give = (line: string | undefined): void => {
    const pending = answer;
    answer = undefined;
    pending?.(line);
  };
  lines.on("line", (line) => {
    if (answer === undefined) waiting.push(line);
    else give(line);
  });
  lines.on("SIGINT", () => {
    waiting.length = 0;
    lines.close();
  });
  lines.on("close", () => {
    gone = true;
    give(undefined);
  });
  return {
    question(text) {
      const early = waiting.shift();
      if (early !== undefined) {
        output.write(`${text}${early}\n`);
        return Promise.resolve(early);
      }
      if (gone) return Promise.resolve(undefined);
      lines.setPrompt(text);
      lines.prompt();
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    close: () => lines.close(),
  };
}
