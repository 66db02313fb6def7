import type { ClientRequest, IncomingMessage } from "node:http";
import type { Agent } from "node:https";

/** What a request asks of its agent; Node.js has it in every version, but not in its types. */
interface RequestAgent {
  addRequest(request: ClientRequest, ...rest: unknown[]): void;
}

/**
 * The agent for one request, with word of an answer that was cut off within the length it had announced. node-fetch
 * (2.7.0) does not hear of that: it pipes the answer on and waits for the rest until it is aborted.
 */
export function watchedAgent(agent: Agent, cut: () => void): Agent {
  const inner = agent as unknown as RequestAgent;
  const watching: RequestAgent = {
    addRequest(request, ...rest) {
      request.once("response", (answer: IncomingMessage) => {
        answer.once("close", () => {
          if (!answer.complete) cut();
        });
      });
      inner.addRequest(request, ...rest);
    },
  };
  return Object.assign(Object.create(agent) as Agent, watching);
}
