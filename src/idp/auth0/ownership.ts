import type { OrganizationPart, Registration } from "../../desired/connection.ts";
import type { Auth0Client } from "../../vendor/auth0/clients.ts";
import type { Auth0Organization } from "../../vendor/auth0/organizations.ts";
import type { RegistrationProblem } from "../identity-provider.ts";

/** Which of the clients is the registration's: none, exactly one, or a reason to stop. */
export type Ownership =
  | { readonly kind: "none" }
  | { readonly kind: "own"; readonly client: Auth0Client }
  | { readonly kind: "problem"; readonly problem: RegistrationProblem };

/**
 * Only the marker makes a client ours.
 *
 * @param own the clients that carry the registration's marker
 */
export function decideOwn(host: string, wanted: Registration, own: readonly Auth0Client[]): Ownership {
  const [client, other] = own;
  if (client === undefined) return { kind: "none" };
  if (other === undefined) return { kind: "own", client };
  const ids = own.map((each) => each.clientId).join(", ");
  return {
    kind: "problem",
    problem: {
      key: wanted.key,
      kind: "duplicate",
      code: "AUTH0_DUPLICATE",
      subject: other.clientId,
      message: `Auth0 (${host}) has two clients with the marker of ${wanted.key}: ${ids}`,
    },
  };
}

/** Says that the organization's name is taken. */
export function takenMessage(host: string, tenant: string, organization: Auth0Organization): string {
  return `At Auth0 (${host}) the organization ${JSON.stringify(organization.name)} that ${tenant} should have is not ours (${organization.id})`;
}

/**
 * The tenant has an organization of ours under another name: one under the wanted name would be a second one, and the
 * first would stay as it is, unseen.
 */
export function renamed(
  host: string,
  wanted: Registration,
  part: OrganizationPart,
  other: Auth0Organization,
  both: boolean,
): RegistrationProblem {
  const [is, should] = [JSON.stringify(other.name), JSON.stringify(part.name)];
  return {
    key: wanted.key,
    kind: "renamed",
    code: "AUTH0_ORGANIZATION_RENAMED",
    subject: other.name,
    message: both
      ? `At Auth0 (${host}) ${part.tenant} has two organizations: ${should}, and ${is} (${other.id}) beside it`
      : `At Auth0 (${host}) the organization of ${part.tenant} is called ${is} (${other.id}), and should be ${should}`,
  };
}
