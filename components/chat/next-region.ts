/** A part that the key goes to; false where there is nothing to go to. */
type Go = () => boolean;

/** Chats → messages → box → chats. A chat without messages, or one in which one may not write, is gone past. */
export function nextRegion(
  from: "chats" | "messages" | "elsewhere",
  go: Record<"chats" | "messages" | "box", Go>,
): void {
  if (from === "chats" && go.messages()) return;
  if (from !== "elsewhere" && go.box()) return;
  go.chats();
}
