terraform {
  required_providers {
    okta = {
      source = "okta/okta"
    }
  }
}
provider "okta" {
  org_name = "acme"
  base_url = "okta.com"
}
variable "n" { default = 3 }
resource "okta_group" "staff" {
  count       = var.n
  name        = "tf-staff-${count.index}"
  description = "made by terraform"
}
resource "okta_user" "ada" {
  first_name = "Ada"
  last_name  = "Test"
  login      = "ada@acme.example"
  email      = "ada@acme.example"
}
resource "okta_group_memberships" "m" {
  group_id = okta_group.staff[0].id
  users    = [okta_user.ada.id]
}
resource "okta_app_oauth" "app" {
  count                      = var.n
  label                      = "tf-app-${count.index}"
  type                       = "web"
  grant_types                = ["authorization_code", "refresh_token"]
  response_types             = ["code"]
  redirect_uris              = ["https://portal.acme.example/callback/${count.index}"]
  post_logout_redirect_uris  = ["https://portal.acme.example/bye"]
  token_endpoint_auth_method = "client_secret_basic"
  omit_secret                = true
  pkce_required              = true
  consent_method             = "TRUSTED"
  issuer_mode                = "ORG_URL"
  hide_ios                   = true
  hide_web                   = true
  profile                    = jsonencode({ tenantry = { key = "a/b" } })
  refresh_token_rotation     = "STATIC"
  refresh_token_leeway       = 0
}
resource "okta_app_oauth" "service" {
  label                      = "tf-service"
  type                       = "service"
  grant_types                = ["client_credentials"]
  response_types             = ["token"]
  token_endpoint_auth_method = "client_secret_basic"
}
resource "okta_app_group_assignments" "a" {
  count  = var.n
  app_id = okta_app_oauth.app[count.index].id
  group {
    id       = okta_group.staff[count.index].id
    priority = 1
  }
}
resource "okta_app_user" "u" {
  app_id   = okta_app_oauth.app[1].id
  user_id  = okta_user.ada.id
  username = "ada@acme.example"
}
resource "okta_auth_server" "s" {
  name        = "tf-server"
  description = "made by terraform"
  audiences   = ["api://tf"]
}
resource "okta_auth_server_scope" "s" {
  auth_server_id = okta_auth_server.s.id
  name           = "orders:read"
  consent        = "IMPLICIT"
}
resource "okta_auth_server_claim" "c" {
  auth_server_id    = okta_auth_server.s.id
  name              = "groups"
  value_type        = "GROUPS"
  group_filter_type = "STARTS_WITH"
  value             = "tf-"
  claim_type        = "IDENTITY"
  scopes            = [okta_auth_server_scope.s.name]
}
resource "okta_auth_server_policy" "p" {
  auth_server_id   = okta_auth_server.s.id
  name             = "all"
  description      = "all clients"
  priority         = 1
  client_whitelist = ["ALL_CLIENTS"]
}
resource "okta_auth_server_policy_rule" "r" {
  auth_server_id                = okta_auth_server.s.id
  policy_id                     = okta_auth_server_policy.p.id
  name                          = "all"
  priority                      = 1
  group_whitelist               = ["EVERYONE"]
  grant_type_whitelist          = ["authorization_code"]
  scope_whitelist               = ["*"]
  access_token_lifetime_minutes = 5
}
resource "okta_app_signon_policy" "p" {
  name        = "tf-policy"
  description = "made by terraform"
}
resource "okta_app_access_policy_assignment" "x" {
  app_id    = okta_app_oauth.app[2].id
  policy_id = okta_app_signon_policy.p.id
}
data "okta_group" "everyone" { name = "Everyone" }
data "okta_policy" "any" {
  name = "Any two factors"
  type = "ACCESS_POLICY"
}
data "okta_auth_server" "default" { name = "default" }
data "okta_app_oauth" "payroll" { label = "Payroll" }
