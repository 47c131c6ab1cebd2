import type { JsonObject } from "../json-field.tsx";
import type { Answers, useTRPCClient } from "../trpc.ts";
import { asInBox } from "../typed-name.ts";

type User = Answers["users"]["get"];

/** A profile as a form says it: empty is none. */
export interface ProfileChoices {
  displayName: string;
  email: string;
  avatarUrl: string;
  locale: string;
  timezone: string;
  metadata: JsonObject;
}

export function choicesOf(user: User): ProfileChoices {
  const { displayName = "", email = "", avatarUrl = "", locale = "", timezone = "", metadata } = user;
  return { displayName, email, avatarUrl, locale, timezone, metadata: metadata as JsonObject };
}

/** The same as boxes of one line show it. */
export function shownOf(user: User): ProfileChoices {
  const { metadata, ...texts } = choicesOf(user);
  const shown = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, asInBox(text)]));
  return { ...texts, ...shown, metadata };
}

type Client = Pick<ReturnType<typeof useTRPCClient>, "users">;

/** Changes some of a profile. It is stored as a whole, so the rest is what it is by now, and not what a page showed. */
export async function changeProfile(client: Client, userId: string, changes: Partial<ProfileChoices>) {
  const profile = { ...choicesOf(await client.users.get.query({ userId })), ...changes };
  const given = Object.entries(profile).filter(([, value]) => value !== "");
  return client.users.put.mutate({ userId, ...Object.fromEntries(given) });
}
