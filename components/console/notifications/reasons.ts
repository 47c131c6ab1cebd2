import type { Answers } from "../trpc.ts";

export type Delivery = Answers["deliveries"]["explain"]["data"][number];

interface Reason {
  tone: "plain" | "good" | "warn" | "bad";
  /** Where the delivery itself says nothing more. */
  words: string;
}

const reasons: Record<Delivery["status"], Reason> = {
  queued: { tone: "plain", words: "Waits to be handed to the mail server." },
  sent: { tone: "good", words: "Arrived." },
  read_first: { tone: "plain", words: "It was read or archived in the inbox before the mail went out." },
  muted: { tone: "plain", words: "The person has muted the chat." },
  preference: { tone: "plain", words: "The person does not want it this way." },
  not_asked: { tone: "plain", words: "Neither the sender nor the category asked for it this way." },
  no_address: { tone: "warn", words: "No email address of the person is known." },
  held: { tone: "warn", words: "Waits for the end of quiet hours, of a pause or of a snooze." },
  folded: { tone: "plain", words: "Went into a digest." },
  duplicate: { tone: "plain", words: "It did not go out: a newer mail says the same, and more." },
  expired: { tone: "plain", words: "Its time was over before it went out." },
  left: { tone: "plain", words: "The person had left the topic or chat before its time had come." },
  cancelled: { tone: "plain", words: "It was cancelled, deleted or withdrawn before it went out." },
  suppressed: { tone: "bad", words: "The address gets no mail: it is on the list of suppressions." },
  bounced: { tone: "bad", words: "The mail came back." },
  failed: { tone: "bad", words: "The mail server did not take it, and it was given up." },
  caught: { tone: "good", words: "No mail server is set: the mail is in the catcher." },
  not_configured: { tone: "bad", words: "No mail server is set, and the catcher is off." },
  waiting: { tone: "warn", words: "From before the database was restored: somebody has to release or cancel it." },
};

export const statuses = Object.keys(reasons) as Delivery["status"][];

/** What became of a delivery, in words; of a status also that only a newer service knows. */
export function reasonOf(status: string): Reason {
  const known: Partial<Record<string, Reason>> = reasons;
  return known[status] ?? { tone: "plain", words: "This page does not know what that means: load it again." };
}

/** Why something was cancelled, by its rule. */
const cancelledBy: Record<string, string> = {
  deleted: "It was deleted or withdrawn before it went out.",
  cancelled: "It was cancelled before its time.",
  snoozed: "All that was in it was snoozed: each waits for its own time.",
};

/** What became of one delivery: in its own words, else by the rule that decided. */
export function wordsOf({ status, rule, detail }: Pick<Delivery, "status" | "rule" | "detail">): string {
  return detail ?? (status === "cancelled" ? cancelledBy[rule ?? ""] : undefined) ?? reasonOf(status).words;
}

/** The page on which one can see, or change, what decided; below `/t/{tenant}`. */
export function pageOfReason(delivery: Delivery, userId: string): { label: string; path: string } | undefined {
  const { id, status, rule, address, type } = delivery;
  const tabOf = (tab: string) => `/users/${encodeURIComponent(userId)}?tab=${tab}`;
  if (status === "caught") return { label: "Open the mail", path: `/mail?delivery=${encodeURIComponent(id)}` };
  if (status === "suppressed")
    return { label: "See the suppression", path: `/suppressions?search=${encodeURIComponent(address ?? "")}` };
  if (status === "not_configured") return { label: "Set a mail server", path: "/settings#mail" };
  if (status === "waiting") return { label: "Release or cancel what waits", path: "#attention" };
  if (status === "no_address") return { label: "See the person's profile", path: tabOf("profile") };
  if (status === "muted") return { label: "See the person's chats", path: tabOf("chats") };
  // Quiet hours too: the tenant's are shown there as what comes of both.
  if (status === "preference" || rule === "paused" || rule === "digest" || rule === "quiet_hours")
    return { label: "See what the person chose", path: tabOf("preferences") };
  if (status === "not_asked" || rule === "default")
    return { label: "See the category", path: `/categories?search=${encodeURIComponent(type)}` };
  return undefined;
}
