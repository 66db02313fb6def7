import { failure } from "./failure.ts";

failure(
  "client-key-unregistered",
  {
    check: "S1",
    code: "VERIFY_CLIENT_KEY_REFUSED",
    hint: /^Register this public key at client acme-key, which must authenticate by private_key_jwt: \{"kty":"EC".*\}$/,
  },
  { shows: "key" },
);
