import type { InteractionResults, default as OidcProvider } from "oidc-provider";

/**
 * Ends an interaction; gives where the browser goes on, or undefined when it has expired. Somebody else than before
 * ends the session of the one before: oidc-provider would ask about it on a page that no product has.
 */
export async function finishInteraction(
  provider: OidcProvider,
  uid: string,
  result: InteractionResults,
): Promise<string | undefined> {
  const interaction = await provider.Interaction.find(uid);
  if (interaction === undefined) return undefined;
  const { session } = interaction;
  const accountId = result.login?.accountId;
  if (accountId !== undefined && session?.accountId !== undefined && session.accountId !== accountId) {
    await (await provider.Session.findByUid(session.uid))?.destroy();
    delete interaction.session;
  }
  interaction.result = result;
  await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
  return interaction.returnTo;
}
