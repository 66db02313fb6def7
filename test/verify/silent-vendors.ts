import { html, redirect } from "./provider.ts";
import { oauth, signIn, type VendorShape } from "./vendor-replies.ts";

/** Products that show people a page whatever they are asked: nothing tells without a sign-in. */
export const silentVendors: Readonly<Record<string, VendorShape>> = {
  "ad fs": {
    issuer: "https://sts.aldervoss.example/adfs",
    authorization: "https://sts.aldervoss.example/adfs/oauth2/authorize/",
    token: "https://sts.aldervoss.example/adfs/oauth2/token/",
    clientId: "1c9b7a53-7f0d-4b0e-9f43-0d4c6f5e2a11",
    registered: () => html(200, '<input id="userNameInput"><input id="passwordInput" type="password">'),
    unregistered: () =>
      html(
        200,
        "MSIS9224: Received invalid OAuth authorization request. The received 'redirect_uri' parameter is not a valid registered redirect URI for the client identifier.",
      ),
    unknownClient: () =>
      html(
        200,
        "MSIS9223: Received invalid OAuth authorization request. The received 'client_id' is invalid as no registered client was found with this client identifier.",
      ),
    badCode: oauth(400, "invalid_grant", "MSIS9612: The authorization code received in 'code' parameter is invalid."),
    badSecret: oauth(401, "invalid_client", "MSIS9622: Client authentication failed."),
    noCredential: oauth(401, "invalid_client", "MSIS9607: The 'client_id' parameter in the request is invalid."),
  },
  pingone: {
    issuer: "https://auth.pingone.eu/7b6c5d4e-1111-4222-8333-444455556666/as",
    authorization: "https://auth.pingone.eu/7b6c5d4e-1111-4222-8333-444455556666/as/authorize",
    token: "https://auth.pingone.eu/7b6c5d4e-1111-4222-8333-444455556666/as/token",
    clientId: "a1b2c3d4-5e6f-4a7b-8c9d-0e1f2a3b4c5d",
    registered: () => redirect("/signon/?flowId=1", 302),
    unregistered: () =>
      html(200, "The request could not be completed. One or more validation errors were in the request."),
    unknownClient: () =>
      html(200, "The request could not be completed. The requested resource was not found. invalid_client"),
    badCode: oauth(400, "invalid_grant"),
    badSecret: oauth(401, "invalid_client", "Request denied: Invalid client credentials"),
    noCredential: oauth(401, "invalid_client"),
    page: signIn,
  },
};
