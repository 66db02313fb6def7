import type { Check } from "../check.ts";
import { flagMember, listMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass } from "../finding.ts";
import { specs } from "../specs.ts";

/**
 * The provider does not insist on signed request objects, and takes `request` or `request_uri` where the app sends them
 * (`request` is unsupported by default, `request_uri` supported). Certificate-bound tokens and DPoP in a document say that
 * they are possible, not that a client must use them (RFC 8705, section 3.3; RFC 9449, section 5.1): they are told as facts,
 * else every Keycloak would be warned of.
 */
export const requestObjects: Check = {
  id: "D16",
  title: "Request objects and bound tokens are not demanded",
  spec: specs.rfc(9101, "10.5"),
  level: "should",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ metadata, subject }) {
    const document = await metadata();
    const facts = {
      certificateBound: flagMember(document, "tls_client_certificate_bound_access_tokens"),
      dpop: listMember(document, "dpop_signing_alg_values_supported") !== undefined,
    };
    if (flagMember(document, "require_signed_request_object")) {
      return fail(
        "VERIFY_REQUEST_OBJECT_REQUIRED",
        "The identity provider says that it takes signed request objects only, and the app sends none.",
        facts,
        {
          expected: "require_signed_request_object: false",
          actual: "true",
          hint: "Switch the requirement for signed request objects off for this client; P1 shows whether it is held to.",
        },
      );
    }
    const sent = subject.extraParams;
    const refused =
      sent.request !== undefined && !flagMember(document, "request_parameter_supported")
        ? "request"
        : sent.request_uri !== undefined && document.request_uri_parameter_supported === false
          ? "request_uri"
          : undefined;
    if (refused !== undefined) {
      return fail(
        "VERIFY_REQUEST_OBJECT_UNSUPPORTED",
        `The app sends ${refused}, which the document says is not supported.`,
        { ...facts, parameter: refused },
        { expected: `${refused}_parameter_supported: true`, hint: `Take ${refused} out of extraParams.` },
      );
    }
    const possible = [
      ...(facts.certificateBound ? ["certificate-bound tokens"] : []),
      ...(facts.dpop ? ["DPoP"] : []),
    ].join(" and ");
    return pass(
      `No request objects are demanded${possible === "" ? "" : `; ${possible} are possible, not demanded`}.`,
      facts,
    );
  },
};
