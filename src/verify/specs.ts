/** Where the rules of the checks come from. */
export const specs = {
  discovery: (section: string) => ({
    name: `OpenID Connect Discovery 1.0, section ${section}`,
    url: `https://openid.net/specs/openid-connect-discovery-1_0.html`,
  }),
  core: (section: string) => ({
    name: `OpenID Connect Core 1.0, section ${section}`,
    url: `https://openid.net/specs/openid-connect-core-1_0.html`,
  }),
  logout: (section: string) => ({
    name: `OpenID Connect RP-Initiated Logout 1.0, section ${section}`,
    url: `https://openid.net/specs/openid-connect-rpinitiated-1_0.html`,
  }),
  /** A rule of our own, told on the same page as the table that this stands in. */
  own: (id: string) => ({ name: "Tenantry's own", url: `#${id.toLowerCase()}` }),
  rfc: (number: number, section: string) => ({
    name: `RFC ${number}, section ${section}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}.html#section-${section}`,
  }),
} as const;
