-- The tables of docs/sql.md as `tenantry migrate` makes them, in SQLite and PostgreSQL alike. To read, and for tools that
-- want to know of every table; `tenantry migrate` makes them.

create table "tenantry_migration" (
  "name" varchar(255) not null primary key,
  "timestamp" varchar(255) not null
);

create table "org" (
  "id" text not null primary key,
  "tenant" text not null unique,
  "name" text not null,
  "status" text not null check (status in ('draft', 'active', 'suspended', 'offboarded')),
  "managed_by" text,
  "created_at" text not null,
  "updated_at" text not null
);

create table "org_domain" (
  "domain" text not null primary key check (domain = lower(domain)),
  "org_id" text not null references "org" ("id"),
  "verified_at" text,
  "verification" text default 'kept' not null check (verification in ('kept', 'attested') or verification like 'tenantry-domain=%')
);

create index "org_domain_org" on "org_domain" ("org_id");

create table "sso_connection" (
  "key" text not null primary key,
  "app" text not null,
  "org_id" text not null references "org" ("id"),
  "sign_in" text not null,
  "state" text not null check (state in ('pending', 'active', 'disabled', 'tombstone')),
  "issuer" text not null,
  "authorization_endpoint" text not null,
  "token_endpoint" text not null,
  "userinfo_endpoint" text,
  "jwks_uri" text not null,
  "end_session_endpoint" text,
  "client_id" text not null,
  "client_secret" text,
  "client_secret_id" text,
  "client_auth" text not null,
  "pkce" text not null,
  "response_mode" text not null,
  "redirect_uri" text not null,
  "scopes" text not null,
  "acr_values" text not null,
  "extra_params" text not null,
  "claims" text not null,
  "roles" text,
  "require" text not null,
  "provision" text not null,
  "end_session" integer not null check (end_session in (0, 1)),
  "session" text,
  "spec_digest" text not null,
  "managed_by" text,
  "created_at" text not null,
  "updated_at" text not null,
  "activated_at" text
);

create index "sso_connection_org" on "sso_connection" ("org_id");

create table "sso_connection_previous" (
  "key" text not null primary key,
  "app" text not null,
  "org_id" text not null references "org" ("id"),
  "sign_in" text not null,
  "state" text not null check (state in ('pending', 'active', 'disabled', 'tombstone')),
  "issuer" text not null,
  "authorization_endpoint" text not null,
  "token_endpoint" text not null,
  "userinfo_endpoint" text,
  "jwks_uri" text not null,
  "end_session_endpoint" text,
  "client_id" text not null,
  "client_secret" text,
  "client_secret_id" text,
  "client_auth" text not null,
  "pkce" text not null,
  "response_mode" text not null,
  "redirect_uri" text not null,
  "scopes" text not null,
  "acr_values" text not null,
  "extra_params" text not null,
  "claims" text not null,
  "roles" text,
  "require" text not null,
  "provision" text not null,
  "end_session" integer not null check (end_session in (0, 1)),
  "session" text,
  "spec_digest" text not null,
  "managed_by" text,
  "created_at" text not null,
  "updated_at" text not null,
  "activated_at" text,
  "kept_at" text not null,
  constraint "sso_connection_previous_key" foreign key ("key") references "sso_connection" ("key") on delete cascade
);

create view "sso_connection_active" as
    select "c"."key",
      "c"."app",
      "c"."org_id",
      "c"."sign_in",
      "c"."state",
      "c"."issuer",
      "c"."authorization_endpoint",
      "c"."token_endpoint",
      "c"."userinfo_endpoint",
      "c"."jwks_uri",
      "c"."end_session_endpoint",
      "c"."client_id",
      "c"."client_secret",
      "c"."client_secret_id",
      "c"."client_auth",
      "c"."pkce",
      "c"."response_mode",
      "c"."redirect_uri",
      "c"."scopes",
      "c"."acr_values",
      "c"."extra_params",
      "c"."claims",
      "c"."roles",
      "c"."require",
      "c"."provision",
      "c"."end_session",
      "c"."session",
      "c"."spec_digest",
      "c"."managed_by",
      "c"."created_at",
      "c"."updated_at",
      "c"."activated_at", o.tenant, o.name as org_name
    from "sso_connection" as c join "org" as o on o.id = c.org_id
    where c.state = 'active' and o.status = 'active';

create table "org_domain_claim" (
  "domain" text not null primary key check (domain = lower(domain)),
  "org_id" text not null references "org" ("id"),
  "created_at" text not null
);

create index "org_domain_claim_org" on "org_domain_claim" ("org_id");
