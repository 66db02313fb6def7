/**
 * Whether a URL is among those registered: exactly, or by one wildcard that stands for the first label of the host.
 * @see https://auth0.com/docs/get-started/applications/wildcards-for-subdomains
 */
export function isRegistered(registered: readonly string[], url: string): boolean {
  return registered.some((entry) => entry === url || matchesWildcard(entry, url));
}

function matchesWildcard(entry: string, url: string): boolean {
  const [before, after, ...more] = entry.split("*");
  if (before === undefined || after === undefined || more.length > 0 || !/^https?:\/\/[\w-]*$/.test(before))
    return false;
  if (!url.startsWith(before) || !url.endsWith(after) || url.length < entry.length) return false;
  return /^[\w-]+$/.test(url.slice(before.length, url.length - after.length));
}
