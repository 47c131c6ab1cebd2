import { nameOf } from "./cast.ts";
import type { Random } from "./random.ts";
import type { Said } from "./talks.ts";

/** One message of the past. Times in ms since 1970. */
export interface Line {
  sender: string;
  text: string;
  at: number;
  replyTo?: Line;
  mentions?: string[];
  /** What it said before it was edited, and when that was. */
  edited?: { before: string; at: number };
  /** When it was deleted: what remains is a tombstone. */
  deletedAt?: number;
}

/** A talk that is written out, placed in time: a line every minute or two. */
export function placeTalk(said: Said[], now: number, random: Random): Line[] {
  return said.flatMap(({ hoursAgo, lines }) => {
    let at = now - hoursAgo * 3_600_000;
    const placed: Line[] = [];
    for (const [sender, text, extra = {}] of lines) {
      at += random.between(20_000, 170_000);
      const { replyTo, mentions, before, deleted } = extra;
      placed.push({
        sender,
        text,
        at,
        ...(replyTo === undefined ? {} : { replyTo: placed[replyTo] }),
        ...(mentions ? { mentions } : {}),
        ...(before === undefined ? {} : { edited: { before, at: at + 15_000 } }),
        ...(deleted ? { deletedAt: at + 15_000 } : {}),
      });
    }
    return placed;
  });
}

export function mention(userId: string, text: string): Pick<Line, "text" | "mentions"> {
  return { text: `@${nameOf(userId)} ${text}`, mentions: [userId] };
}
