/**
 * The rate-limit bucket that a call counts against: lists, creates and everything under one app share a small bucket,
 * reading and replacing one app have a larger one of their own; groups likewise.
 *
 * @see https://developer.okta.com/docs/reference/rl-global-mgmt/
 */
export function oktaBucket(path: string): string {
  const [route = ""] = path.split("?", 1);
  if (route.startsWith("/oauth2/")) return "/oauth2/v1";
  for (const root of ["/api/v1/apps", "/api/v1/groups"]) {
    if (route === root) return root;
    if (route.startsWith(`${root}/`)) {
      return /^[^/]+\/?$/.test(route.slice(root.length + 1)) ? `${root}/{id}` : root;
    }
  }
  return "/api/v1";
}
