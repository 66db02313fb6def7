/** How a certificate is wrong, or soon will be. */
export type CertificateFault =
  | "expired"
  | "not-yet-valid"
  | "soon-expiring"
  | "wrong-host"
  | "self-signed"
  | "incomplete-chain";
