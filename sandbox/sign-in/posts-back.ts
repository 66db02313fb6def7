/** Whether the answer is the form of `response_mode=form_post`, which oidc-provider sends as a 400 with an error. */
export function postsBack(context: { readonly status: number; readonly body: unknown }): boolean {
  const { status, body } = context;
  return status === 400 && typeof body === "string" && body.includes("<title>Submitting Callback</title>");
}
