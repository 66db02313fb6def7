// The post-deploy check by itself: proves every link of the tenants named (all when none is), stores the evidence, and
// leaves with 0 (proven), 6 (a link failed) or 7 (could not tell). Takes the options of `tenantry verify`:
//
//   node scripts/verify.ts --env production whiterabbit
//   node scripts/verify.ts --issuer https://idp.example        without a workspace
import { main } from "../src/cli/main.ts";

await main(["verify", ...process.argv.slice(2)]);
