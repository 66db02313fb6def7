import type { Answer } from "../answer.ts";
import { isObject } from "../json.ts";
import { allMisbehaviours } from "./all.ts";
import { type Misbehaviours, misbehaviourOf } from "./misbehaviours.ts";

interface MisbehaviourCall {
  readonly method: string;
  /** Below `/misbehaviours`, such as `/acme.okta.com/jwks-empty`. */
  readonly path: string;
  /** The JSON body; undefined when there is none. */
  readonly body: unknown;
}

/** The switches with the hosts that they can be turned on for. */
interface Board {
  readonly misbehaviours: Misbehaviours;
  readonly hosts: readonly string[];
}

/**
 * One call of the admin API about misbehaviours: `GET` shows the switches and what is on, `POST` with `host` and `name`
 * turns one on, `DELETE` turns off all, those of a host (`/<host>`), or one of them (`/<host>/<name>`).
 */
export function answerMisbehaviourCall(board: Board, { method, path, body }: MisbehaviourCall): Answer {
  const [, host, name, ...rest] = path.split("/");
  if (rest.length > 0 || (path !== "" && method !== "DELETE")) return refuse("not found", 404);
  switch (method) {
    case "GET":
      return show(board.misbehaviours);
    case "POST":
      return turnOn(board, body);
    case "DELETE":
      return (
        wrongHost(board, host) ??
        wrongName(name) ?? { status: 200, json: { cleared: board.misbehaviours.clear(host, name) } }
      );
    default:
      return refuse("use GET, POST or DELETE", 405);
  }
}

function show(misbehaviours: Misbehaviours): Answer {
  const switches = allMisbehaviours.map(({ name, kind, about }) => ({ name, kind, about }));
  return { status: 200, json: { switches, on: misbehaviours.switched.map(({ host, name }) => ({ host, name })) } };
}

function turnOn(board: Board, body: unknown): Answer {
  if (!isObject(body)) return refuse("the body is an object with host and name");
  const { host, name, ...others } = body;
  const [other] = Object.keys(others);
  if (other !== undefined) return refuse(`there is no ${other}: the body has host and name`);
  if (host === undefined || name === undefined) return refuse("the body has host and name");
  const wrong = wrongHost(board, host) ?? wrongName(name);
  if (wrong !== undefined) return wrong;
  board.misbehaviours.add(String(host), String(name));
  return { status: 201, json: { host, name } };
}

function wrongHost({ hosts }: Board, host: unknown): Answer | undefined {
  if (host === undefined || hosts.some((each) => each === host)) return undefined;
  return refuse(`host is one of ${hosts.join(", ")}`);
}

function wrongName(name: unknown): Answer | undefined {
  if (name === undefined || (typeof name === "string" && misbehaviourOf(name) !== undefined)) return undefined;
  return refuse("name is none of the misbehaviours that GET /misbehaviours lists");
}

function refuse(error: string, status = 400): Answer {
  return { status, json: { error } };
}
