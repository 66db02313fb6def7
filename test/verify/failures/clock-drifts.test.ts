import { failure } from "./failure.ts";

failure("clock-drifts", {
  check: "T2",
  code: "VERIFY_CLOCK_DRIFTS",
  hint: "Set the one that is wrong by NTP; if it is this machine, the app's own clock may well be right.",
  level: "policy",
});
