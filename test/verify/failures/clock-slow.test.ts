import { failure } from "./failure.ts";

failure("clock-slow", {
  check: "T2",
  code: "VERIFY_CLOCK_WRONG",
  hint: "Set the one that is wrong by NTP; if it is this machine, the app's own clock may well be right.",
});
