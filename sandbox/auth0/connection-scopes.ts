import type { Json, JsonObject } from "../json.ts";

/** A switch of the options, and the scope that it stands for; the same word when there is no second one. */
type Switch = readonly [option: string, scope: string];

const words = (text: string): readonly Switch[] => text.split(" ").map((word) => [word, word]);
const prefixed = (prefix: string, text: string): readonly Switch[] =>
  text.split(" ").map((pair) => {
    const [option = "", scope = ""] = pair.split("=");
    return [option, prefix + scope];
  });

/** In Auth0's order, of which the recordings show parts. */
const switches: Readonly<Record<string, readonly Switch[]>> = {
  apple: words("name email"),
  facebook: words(
    "email groups_access_member_info publish_to_groups user_age_range user_birthday ads_management ads_read read_audience_network_insights read_insights manage_notifications publish_actions read_mailbox public_profile user_events user_friends user_gender user_hometown user_likes user_link user_location user_photos user_posts user_tagged_places user_videos business_management leads_retrieval manage_pages pages_manage_cta pages_manage_instant_articles pages_show_list pages_messaging pages_messaging_phone_number pages_messaging_subscriptions publish_pages publish_video read_page_mailboxes read_stream user_groups user_managed_groups user_status",
  ),
  github: [
    ["email", "user:email"],
    ["read_user", "read:user"],
    ["follow", "user:follow"],
    ...words("public_repo repo repo_deployment"),
    ["repo_status", "repo:status"],
    ...words("delete_repo notifications gist"),
    ["read_repo_hook", "read:repo_hook"],
    ["write_repo_hook", "write:repo_hook"],
    ["admin_repo_hook", "admin:repo_hook"],
    ["read_org", "read:org"],
    ["admin_org", "admin:org"],
    ["read_public_key", "read:public_key"],
    ["write_public_key", "write:public_key"],
    ["admin_public_key", "admin:public_key"],
    ["write_org", "write:org"],
  ],
  "google-apps": words("email profile"),
  "google-oauth2": [
    ...words("email profile"),
    ["contacts", "https://www.google.com/m8/feeds/"],
    ["blogger", "https://www.googleapis.com/auth/blogger"],
    ["calendar", "https://www.googleapis.com/auth/calendar"],
    ["gmail", "https://mail.google.com/mail/feed/atom"],
    ["google_plus", "https://www.googleapis.com/auth/plus.login"],
    ["tasks", "https://www.googleapis.com/auth/tasks"],
    ["youtube", "https://gdata.youtube.com"],
    ["analytics", "https://www.googleapis.com/auth/analytics"],
    ["google_drive", "https://www.googleapis.com/auth/drive"],
    ["google_drive_files", "https://www.googleapis.com/auth/drive.file"],
  ],
  line: words("email profile"),
  linkedin: prefixed("r_", "email=emailaddress profile=liteprofile basic_profile=basicprofile"),
  salesforce: words("profile"),
  "salesforce-community": words("profile"),
  "salesforce-sandbox": words("profile"),
  windowslive: [
    ["offline_access", "offline_access"],
    ...prefixed(
      "https://graph.microsoft.com/",
      "graph_user_update=User.ReadWrite graph_user_activity=UserActivity.ReadWrite.CreatedByApp graph_device=Device.Read graph_emails=Mail.Read graph_notes_update=Notes.ReadWrite graph_user=User.Read graph_device_command=Device.Command graph_emails_update=Mail.ReadWrite graph_calendars=Calendars.Read graph_calendars_update=Calendars.ReadWrite graph_contacts=Contacts.Read graph_contacts_update=Contacts.ReadWrite graph_files=Files.Read graph_files_all=Files.Read.All graph_files_update=Files.ReadWrite graph_files_all_update=Files.ReadWrite.All graph_notes=Notes.Read graph_notes_create=Notes.Create graph_tasks=Tasks.Read graph_tasks_update=Tasks.ReadWrite",
    ),
  ],
};

/** Scopes without a switch. */
const always: Readonly<Record<string, readonly string[]>> = { line: ["openid"] };

const separators: Readonly<Record<string, string>> = { apple: " ", facebook: "," };

/**
 * The scopes that the switches of a social connection stand for, in the form that its strategy keeps them in: a list,
 * or one text. Undefined for a strategy without switches, whose `scope` is what was sent.
 */
export function scopeOf(strategy: string, options: JsonObject): Json | undefined {
  const known = switches[strategy];
  if (known === undefined) return undefined;
  const on = known.filter(([option]) => options[option] === true);
  const scopes = [...(always[strategy] ?? []), ...on.map(([, scope]) => scope)];
  const separator = separators[strategy];
  return separator === undefined ? scopes : scopes.join(separator);
}
