import { X509Certificate } from "node:crypto";
import type { Json, JsonObject } from "../json.ts";

const subjectNames: Readonly<Record<string, string>> = {
  C: "countryName",
  CN: "commonName",
  L: "localityName",
  O: "organizationName",
  OU: "organizationalUnitName",
  ST: "stateOrProvinceName",
  emailAddress: "emailAddress",
};

/** What Auth0 reads out of a certificate and shows beside it; nothing when the text is none. */
export function certificateFields(pem: string): JsonObject {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return {};
  }
  const subject = certificate.subject.split("\n").flatMap((line): [string, Json][] => {
    const at = line.indexOf("=");
    const name = subjectNames[line.slice(0, at)];
    return name === undefined ? [] : [[name, line.slice(at + 1)]];
  });
  return {
    expires: certificate.validToDate.toISOString(),
    subject: Object.fromEntries(subject),
    thumbprints: [certificate.fingerprint.replaceAll(":", "").toLowerCase()],
  };
}

/** What a SAML provider's metadata document says of signing in: endpoints, binding, certificate as PEM. */
export function readMetadata(xml: string): JsonObject {
  const service = (name: string) => new RegExp(`<(?:\\w+:)?${name}\\b[^>]*>`).exec(xml)?.[0] ?? "";
  const attribute = (tag: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  const signIn = service("SingleSignOnService");
  const found: Record<string, string | undefined> = {
    signInEndpoint: attribute(signIn, "Location"),
    bindingMethod: attribute(signIn, "Binding"),
    signOutEndpoint: attribute(service("SingleLogoutService"), "Location"),
  };
  const certificate = /<(?:\w+:)?X509Certificate>([^<]*)</.exec(xml)?.[1]?.replaceAll(/\s/g, "");
  if (certificate !== undefined) {
    const lines = certificate.match(/.{1,64}/g) ?? [];
    found.cert = `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
  }
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
