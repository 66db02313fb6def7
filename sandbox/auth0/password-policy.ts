const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/];

/**
 * Whether a password is strong enough for a policy of a database connection (`passwordPolicy`).
 * @see https://auth0.com/docs/authenticate/database-connections/password-strength
 */
export function isStrong(password: string, policy: unknown): boolean {
  const [lower, upper, digit] = kinds.map((kind) => kind.test(password));
  const count = kinds.filter((kind) => kind.test(password)).length;
  switch (policy) {
    case "low":
      return password.length >= 6;
    case "fair":
      return password.length >= 8 && lower === true && upper === true && digit === true;
    case "good":
      return password.length >= 8 && count >= 3;
    case "excellent":
      return password.length >= 10 && count >= 3 && !/(.)\1\1/.test(password);
    default:
      return password.length >= 1;
  }
}
