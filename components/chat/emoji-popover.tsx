"use client";

import { Smile } from "lucide-react";
import { IconButton } from "../ui/icon-button.tsx";
import { Popover } from "../ui/popover.tsx";
import { EmojiPicker } from "./emoji-picker.tsx";

export interface EmojiPopoverProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onPick: (emoji: string) => void;
}

export default function EmojiPopover({ open, onOpenChange, onPick }: EmojiPopoverProps) {
  return (
    <Popover
      label="Emoji"
      side="top"
      align="start"
      open={open}
      onOpenChange={onOpenChange}
      trigger={<IconButton icon={Smile} label="Emoji" className="size-9" />}
    >
      <EmojiPicker onPick={onPick} />
    </Popover>
  );
}
