import type { Preset } from "./shape.ts";

const guid = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}";
const host = "login\\.(?:microsoftonline\\.(?:com|us)|partner\\.microsoftonline\\.cn)";

/** Microsoft Entra ID, version 2 of its endpoints. */
export const entraId: Preset = {
  name: "entra-id",
  title: "Microsoft Entra ID",
  issuer: {
    patterns: [new RegExp(`^https://${host}/[\\w.~%-]+(?:/v2\\.0)?$`), /^https:\/\/sts\.windows\.net\/[\w.~%-]+$/],
    certainty: "host",
    shape: "https://login.microsoftonline.com/{directory id}/v2.0",
    finalSlash: false,
    placeholder:
      /^https:\/\/(?:login\.microsoftonline\.(?:com|us)|login\.microsoft\.com|login\.windows\.net|sts\.windows\.net|login\.partner\.microsoftonline\.cn)\/(common|organizations|consumers)(?:\/|$)/i,
    mistakes: [
      {
        pattern: /^https:\/\/(?:sts\.windows\.net|login\.windows\.net)\/[^/]+\/?$/,
        message: "is the issuer of version 1 of Entra ID's tokens",
        hint: "write https://login.microsoftonline.com/<directory id>/v2.0",
      },
      {
        pattern: new RegExp(`^https://${host}/[^/]+/?$`),
        message: "is the issuer of no version of Entra ID's tokens",
        hint: "add /v2.0 behind the directory id",
      },
      {
        pattern: new RegExp(`^https://${host}/(?!${guid}/)[^/]+\\.[^/]+/v2\\.0/?$`, "i"),
        message: "names the directory by a domain, and tokens carry its id",
        hint: "write the directory (tenant) id in place of the domain: Entra admin center > Overview",
      },
    ],
    named: [
      {
        pattern: /\{tenantid\}/,
        hint: "Use the issuer with the directory's own id (a GUID), not common, organizations or consumers.",
      },
      {
        pattern: /^https:\/\/sts\.windows\.net\//,
        hint: "This is the v1 issuer: add /v2.0 to the configured one, https://login.microsoftonline.com/<directory id>/v2.0",
      },
    ],
  },
  metadata: { pkceUnlisted: true, scopesUnlisted: true, claimsUnlisted: true, endSession: "standard" },
  clientAuth: {
    default: "client_secret_post",
    takes: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    audience: "endpoint",
    mark: "documented",
  },
  groups: {
    claim: "groups",
    scopeRefused: true,
    error: "AADSTS650053",
    how: "add the groups claim at App registrations > the client > Token configuration",
  },
  roles: {
    claim: "roles",
    how: "make app roles at App registrations > the client > App roles, and assign people or groups to them at Enterprise applications > the client > Users and groups",
  },
  claims: {
    never: ["email_verified"],
    instead: {
      email_verified:
        "require `tid` with the id of the customer's directory, or leave it out: the issuer is theirs alone",
    },
    externalId: "oid",
    email: "email",
    displayName: "name",
  },
  probes: {
    promptNone: "returns",
    faultInjection: "alarms",
    answers: {
      P1: { is: "`login_required` with AADSTS50058 at the redirect URI", mark: "documented" },
      P2: { is: "as P3", mark: "unconfirmed" },
      P3: {
        is: "a page with AADSTS50011; whether before the password is entered is disputed",
        mark: "captured",
      },
      P4: {
        is: "not sent unless asked for: a broken request with prompt=none is the pattern of a phishing that Microsoft's monitoring looks for",
        mark: "documented",
      },
      P5: { is: "no PAR known", mark: "unconfirmed" },
      P6: { is: "query, fragment, form_post", mark: "documented" },
      P7: {
        is: "goes on to a registered address after sign-out; what an unregistered one gets is not known",
        mark: "unconfirmed",
      },
      S1: { is: "400 `invalid_grant`, AADSTS9002313, 70000 or 70008", mark: "reported" },
      S2: {
        is: "401 `invalid_client`, AADSTS7000215; 7000222 when expired; 7000218 when none was sent",
        mark: "documented",
      },
    },
  },
  secretTraps: [
    {
      pattern: new RegExp(`^${guid}$`, "i"),
      message: "looks like the Secret ID",
      hint: "What was handed over looks like the Secret ID; copy the secret's Value instead",
    },
  ],
  places: {
    redirectUri: "Entra admin center: App registrations > the client > Authentication > Web > Redirect URIs",
    secret: "Entra admin center: App registrations > the client > Certificates & secrets > Client secrets",
    publicKey: "Entra admin center: App registrations > the client > Certificates & secrets > Certificates",
    scopes: "Entra admin center: App registrations > the client > API permissions",
    postLogout: "Entra admin center: App registrations > the client > Authentication > Web > Redirect URIs",
  },
  notes: {
    D3: "The issuer holds the id of the customer's directory and ends with /v2.0. common, organizations and consumers are nobody's issuer; sts.windows.net is version 1.",
    D10: "Entra ID takes S256 although its document does not say so.",
    D12: "Entra ID takes scopes of APIs that its document does not list, and refuses groups with AADSTS650053.",
    D13: "Entra ID's document lists few claims; groups, roles and email come only when the client's Token configuration adds them. It never sends email_verified.",
    D22: "Entra ID's userinfo endpoint is at graph.microsoft.com; that is normal.",
    K4: "Entra ID's keys carry an issuer of their own and a certificate each; that is normal.",
    P1: "AADSTS50011 is the redirect URI, AADSTS700016 the client or its directory. invalid_client with AADSTS650053 is a scope that does not exist. The redirect URI must be of the type Web, not SPA.",
    P3: "Whether Entra ID looks at the redirect URI before the password is entered is disputed; an answer that tells nothing is possible.",
    P4: "Left out at Entra ID unless asked for: Microsoft's monitoring looks for such requests.",
    S1: "AADSTS7000215: wrong secret, often the Secret ID. 7000222: expired. 7000218: none was sent. 700016: the client is not in this directory. 9002325: the redirect URI is of the type SPA.",
    S2: "Each wrong secret is a failed sign-in of the service principal in Entra ID's logs.",
  },
  quirks: [
    "sub differs from app to app; oid is the person.",
    "groups holds ids (GUIDs), not names, and is replaced by a link above 200 groups.",
    "The claim email is missing unless it is added as an optional claim and the person has an address.",
    "A client secret expires after at most 24 months, and everybody is locked out at once.",
    "Assignment (AADSTS50105) and consent (AADSTS65001, 90094) show only when a person signs in.",
  ],
  sources: [
    "MicrosoftDocs/entra-docs: reference-error-codes.md, v2-protocols-oidc.md; typescript-sdk#832, erlef/oidcc#376, sigstore#246 (S256); mealie#4528, lxd#14141 (groups); outline#12863, onyx#13298 (email_verified); azure-docs: optional claims, groups overage (the 200 groups)",
    "Unconfirmed: P2, P3 before the password, P5, P7; the 24 months",
  ],
};
