import { failure } from "./failure.ts";

failure("jwks-html", {
  check: "K1",
  code: "VERIFY_KEYS_UNREADABLE",
  hint: 'Open https://id.sound.example/jwks without being signed in; it must answer 200 with {"keys": [...]}.',
  unproven: ["K2", "K3"],
});
