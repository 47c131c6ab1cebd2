import { readIds } from "../read-ids.ts";
import { sayCount } from "../say-count.ts";
import type { Answers, useTRPCClient } from "../trpc.ts";
import type { Draft } from "./draft.ts";

/** How many get it, and what their topic or chat is called. */
export type Reach = Answers["batches"]["countRecipients"];

/** Asks the service, but for what stands in the draft. */
export async function findReach(client: ReturnType<typeof useTRPCClient>, draft: Draft): Promise<Reach> {
  const target = draft.target.trim();
  switch (draft.audience) {
    case "topic":
      return client.batches.countRecipients.query({ topic: target });
    case "chat":
      return client.batches.countRecipients.query({ chatId: target });
    case "everyone":
      return client.batches.countRecipients.query({ everyone: true });
    default:
      return { recipients: readIds(target).length };
  }
}

export interface SendQuestion {
  title: string;
  consequence: string;
  confirm: string;
}

/** What is asked before it goes to more than one: how many, and that nobody takes it back. */
export function questionOf({ audience, at }: Draft, { recipients, name }: Reach): SendQuestion {
  const count = sayCount(recipients, audience === "topic" ? "subscriber" : audience === "chat" ? "member" : "user");
  const whom = {
    topic: `the ${count} of ${name ?? "the topic"}`,
    chat: `the ${count} of ${name ?? "the chat"}`,
    everyone: `everyone, ${count}`,
  };
  const to = at ? "Schedule it for" : "Send it to";
  return {
    title: `${to} ${audience in whom ? whom[audience as keyof typeof whom] : count}?`,
    consequence: at && audience in whom ? changes : keeps,
    confirm: `${at ? "Schedule for" : "Send to"} ${count}`,
  };
}

const keeps = "Whoever has got it keeps it.";
const changes = `Who is among them when its time comes gets it, so it may be more or fewer. ${keeps}`;
