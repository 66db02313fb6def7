/** Where the rules of the checks come from. */
export const specs = {
  discovery: (section: string) => ({
    name: `OpenID Connect Discovery 1.0, section ${section}`,
    url: `https://openid.net/specs/openid-connect-discovery-1_0.html`,
  }),
  rfc: (number: number, section: string) => ({
    name: `RFC ${number}, section ${section}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}.html#section-${section}`,
  }),
} as const;
