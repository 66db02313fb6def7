import { type Answer, noStore } from "../answer.ts";

/** An error in the shape of RFC 6749, section 5.2, as the token endpoints answer it. */
export class OAuthProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, description: string) {
    super(description);
    this.status = status;
    this.code = code;
  }

  toAnswer(): Answer {
    return {
      status: this.status,
      headers: noStore,
      json: { error: this.code, error_description: this.message },
    };
  }
}
