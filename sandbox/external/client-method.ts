/** How a client proves itself at a token endpoint; `none` for a public client. */
export type ClientMethod = "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "none";
