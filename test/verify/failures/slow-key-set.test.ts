import { failure } from "./failure.ts";

failure("slow-key-set", {
  check: "T3",
  code: "VERIFY_SLOW",
  hint: "Ask its administrator why; apps that wait less give up.",
  level: "policy",
});
