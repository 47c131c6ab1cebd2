const ROUND = ["chats", "messages", "box"] as const;

export type Region = (typeof ROUND)[number];

/**
 * Chats → messages → box → chats. What is not there is gone past: a list that a phone does not show beside a chat, a chat without
 * messages, a box in which one may not write. False where there is nothing to go to.
 * @param go to a part; false where there is nothing to go to
 */
export function nextRegion(from: Region | "elsewhere", go: Record<Region, () => boolean>): boolean {
  const next = { chats: 1, messages: 2, box: 0, elsewhere: 0 }[from];
  return [...ROUND.slice(next), ...ROUND.slice(0, next)].some((region) => go[region]());
}
