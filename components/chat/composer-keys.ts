export type ComposerAct = "send" | "cancel" | "markRead" | "editLast" | "emoji";

type Key = Pick<KeyboardEvent, "key" | "altKey" | "shiftKey" | "ctrlKey" | "metaKey">;

export interface ComposerSituation {
  isEmpty: boolean;
  /** A message is being answered or corrected. */
  hasAbout: boolean;
  /** The keys are on the screen: they have no Shift Enter for a new line, and the button sends. */
  onTouch: boolean;
}

/** What a key does in the box one writes in; undefined for what it does in every box. */
export function composerAct(
  { key, altKey, shiftKey, ctrlKey, metaKey }: Key,
  { isEmpty, hasAbout, onTouch }: ComposerSituation,
): ComposerAct | undefined {
  const ctrl = ctrlKey || metaKey;
  if (key === "Enter") return shiftKey || (onTouch && !ctrl) ? undefined : "send";
  if (key === "Escape") return hasAbout ? "cancel" : "markRead";
  // With another key it goes to another chat, or is the browser's.
  if (key === "ArrowUp" && isEmpty && !hasAbout && !(altKey || shiftKey || ctrl)) return "editLast";
  return key.toLowerCase() === "e" && shiftKey && ctrl ? "emoji" : undefined;
}
