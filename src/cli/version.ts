export { version } from "../verify/version.ts";
