"use client";

import { EmojiPicker as Base, type EmojiPickerListComponents } from "frimousse";

/** The data lies on our own origin (public/emojibase, copied at build): no request goes elsewhere. */
const DATA = "/emojibase";

const PARTS: EmojiPickerListComponents = {
  CategoryHeader: ({ category, ...rest }) => (
    <div className="bg-surface px-1 pt-2 pb-1 text-muted text-xs" {...rest}>
      {category.label}
    </div>
  ),
  Row: ({ children, ...rest }) => (
    <div className="scroll-my-1" {...rest}>
      {children}
    </div>
  ),
  Emoji: ({ emoji, ...rest }) => (
    <button className="grid size-8 place-items-center rounded-lg text-lg data-[active]:bg-sunken" {...rest}>
      {emoji.emoji}
    </button>
  ),
};

export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  return (
    <Base.Root
      emojibaseUrl={DATA}
      onEmojiSelect={({ emoji }) => onPick(emoji)}
      className="flex h-80 w-72 max-w-full flex-col p-2"
    >
      <Base.Search
        autoFocus
        aria-label="Search emoji"
        placeholder="Search"
        className="h-9 rounded-lg border border-line-strong/60 bg-bg px-3 text-sm placeholder:text-muted"
      />
      <Base.Viewport className="relative mt-2 min-h-0 flex-1 outline-none">
        <Base.Loading className="absolute inset-0 grid place-items-center text-muted text-sm">Loading…</Base.Loading>
        <Base.Empty className="absolute inset-0 grid place-items-center text-muted text-sm">No such emoji</Base.Empty>
        <Base.List className="select-none" components={PARTS} />
      </Base.Viewport>
    </Base.Root>
  );
}
