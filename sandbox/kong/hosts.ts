/** Where the Admin API of the gateway that is played answers. */
export const kongAdminHost = "kong-admin.acme.example";

/** Where the gateway itself does. */
export const kongGatewayHost = "gateway.acme.example";
