/**
 * The rate-limit bucket that a call counts against, by what Auth0's configurations tell apart. A subscription may lump
 * some of them together; then each of their replies tells of the same limit.
 *
 * @see https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations
 */
export function auth0Bucket(method: string, path: string): string {
  const [route = ""] = path.split("?", 1);
  if (route === "/oauth/token") return "tokens";
  const verb = method === "GET" ? "read" : "write";
  const [kind, id, part] = route.replace(/^\/api\/v2\//, "").split("/");
  if (kind === "clients") return `${verb} clients`;
  if (kind === "connections") return `${verb} connections`;
  if (kind !== "organizations") return `${verb} anything else`;
  if (id === undefined) return method === "GET" ? "list organizations" : "write organizations";
  return part === "enabled_connections" ? `${verb} organization connections` : `${verb} organizations`;
}
