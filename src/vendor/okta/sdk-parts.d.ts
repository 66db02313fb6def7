// The three parts of Okta's SDK that are used, by their files (8.1.0 has no `exports`). Its own entry also loads 1,900
// files of models and API classes: 0.4 s and 50 MB.

declare module "@okta/okta-sdk-nodejs/src/http.js" {
  export { Http } from "@okta/okta-sdk-nodejs/src/types/http.js";
}

declare module "@okta/okta-sdk-nodejs/src/oauth.js" {
  export { OAuth } from "@okta/okta-sdk-nodejs/src/types/oauth.js";
}

declare module "@okta/okta-sdk-nodejs/src/request-executor.js" {
  export { RequestExecutor as default } from "@okta/okta-sdk-nodejs/src/types/request-executor.js";
}
