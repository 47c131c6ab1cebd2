import type { PusherApp } from "../../auth/pusher-app.ts";
import type { ListedChannel } from "../../realtime/channel-store.ts";

/** What was asked about a channel, as far as it fits it. */
export function attributesOf(
  { subscriptionCounts }: Pick<PusherApp, "subscriptionCounts">,
  { channel, subscriptions, users }: ListedChannel,
  info: string[],
): Record<string, number> {
  const isPresence = channel.startsWith("presence-");
  return {
    ...(info.includes("user_count") && isPresence ? { user_count: users } : {}),
    ...(info.includes("subscription_count") && subscriptionCounts ? { subscription_count: subscriptions } : {}),
  };
}
