/** Words that the program's own sentences and documents are made of. */
const ownWords: ReadonlySet<string> = new Set(
  `access account address administrator answer application assertion authorization callback certificate client code
  client-id client_id client-secret client_secret configuration connection control credential credentials default
  discovery document domain endpoint evidence expected expired identity inconclusive invalid issuer level login
  message method missing nothing openid password policy portal private probe profile prompt proof proven provider
  public query record redirect refused registered request response result sandbox scope secret secrets server
  should sign-in skipped state status success tenant tenants tenantry token unknown verdict verify version wrong`
    .split(/\s+/)
    .filter((word) => word !== ""),
);

/**
 * Whether a secret is a word that stands in the program's own sentences anyway, as `secret` does. Taking it out of those
 * would spoil them and hide nothing: that the word is there says nothing of the secret.
 */
export function isOwnWord(secret: string): boolean {
  return ownWords.has(secret);
}
