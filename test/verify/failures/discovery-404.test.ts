import { failure } from "./failure.ts";

failure("discovery-404", {
  check: "D1",
  code: "VERIFY_DISCOVERY_MISSING",
  hint: "Open https://id.sound.example/.well-known/openid-configuration in a browser. If it is missing there too, the issuer is wrong: check its path and which authorization server is meant.",
  keepsSecret: true,
  unproven: ["P1", "S1"],
});
