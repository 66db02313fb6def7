terraform {
  required_providers {
    auth0 = {
      source = "auth0/auth0"
    }
  }
}
provider "auth0" { domain = "acme.eu.auth0.com" }
resource "auth0_client" "c" {
  count                         = 2
  name                          = "tf-client-${count.index}"
  app_type                      = "regular_web"
  callbacks                     = ["https://portal.acme.example/callback"]
  grant_types                   = ["authorization_code", "refresh_token"]
  oidc_conformant               = true
  client_metadata               = { tenantry_key = "a.b" }
  organization_usage            = "require"
  organization_require_behavior = "post_login_prompt"
}
resource "auth0_client_credentials" "cc" {
  count                 = 2
  client_id             = auth0_client.c[count.index].id
  authentication_method = "client_secret_post"
}
resource "auth0_connection" "oidc" {
  name     = "tf-oidc"
  strategy = "oidc"
  options {
    client_id              = "tf"
    client_secret          = "0123456789abcdef"
    type                   = "back_channel"
    issuer                 = "https://login.acme.example"
    jwks_uri               = "https://login.acme.example/keys"
    authorization_endpoint = "https://login.acme.example/authorize"
    token_endpoint         = "https://login.acme.example/token"
    scopes                 = ["openid", "email"]
  }
}
resource "auth0_connection_clients" "cl" {
  connection_id   = auth0_connection.oidc.id
  enabled_clients = [for c in auth0_client.c : c.id]
}
resource "auth0_organization" "o" {
  name         = "tf-org"
  display_name = "TF"
  metadata     = { tenantry = "x" }
}
resource "auth0_organization_connection" "oc" {
  organization_id            = auth0_organization.o.id
  connection_id              = auth0_connection.oidc.id
  assign_membership_on_login = true
}
resource "auth0_resource_server" "rs" {
  name                                            = "tf-api"
  identifier                                      = "https://api.acme.example/tf"
  signing_alg                                     = "RS256"
  skip_consent_for_verifiable_first_party_clients = true
}
resource "auth0_resource_server_scopes" "s" {
  resource_server_identifier = auth0_resource_server.rs.identifier
  scopes {
    name        = "read:x"
    description = "made by terraform"
  }
}
resource "auth0_client_grant" "g" {
  client_id  = auth0_client.c[0].id
  audience   = auth0_resource_server.rs.identifier
  scopes     = ["read:x"]
  depends_on = [auth0_resource_server_scopes.s]
}
resource "auth0_role" "r" {
  name        = "tf-role"
  description = "made by terraform"
}
resource "auth0_organization_discovery_domain" "d" {
  organization_id = auth0_organization.o.id
  domain          = "tf.acme.example"
  status          = "pending"
}
