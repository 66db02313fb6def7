import { failure } from "./failure.ts";
import { host } from "./sound.ts";

failure(
  "issuer-slash-missing",
  {
    check: "D3",
    code: "VERIFY_ISSUER_DIFFERS",
    hint: "Write the issuer exactly as https://id.sound.example",
    keepsSecret: true,
  },
  { vendor: { issuer: `https://${host}/` } },
);
