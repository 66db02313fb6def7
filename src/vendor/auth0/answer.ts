import { isJsonObject, type JsonObject, textIn } from "../json.ts";
import { Auth0Failure, type CallPurpose, unexpectedAnswer } from "./failure.ts";

/** The answer; undefined when the object is not there. */
export async function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Auth0Failure && error.code === "AUTH0_NOT_FOUND") return undefined;
    throw error;
  }
}

/** An answer that must be an object. */
export function requiredObject(host: string, purpose: CallPurpose, item: unknown): JsonObject {
  if (!isJsonObject(item)) throw unexpectedAnswer(host, purpose, "it is no object");
  return item;
}

/** A member that must be a text. */
export function requiredText(host: string, purpose: CallPurpose, item: unknown, name: string): string {
  const value = textIn(item, name);
  if (value === undefined || value === "") throw unexpectedAnswer(host, purpose, `\`${name}\` is missing`);
  return value;
}
