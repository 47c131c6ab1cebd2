"use client";

import { Copy, CornerUpLeft, EllipsisVertical, EyeOff, Link, Pencil, Trash2 } from "lucide-react";
import type { Message } from "../../client/types.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu.tsx";
import { useCopy } from "../ui/use-copy.ts";

export interface MessageActions {
  reply: (message: Message) => void;
  edit: (message: Message) => void;
  /** Asks first. */
  delete: (message: Message) => void;
  markUnread: (message: Message) => void;
  linkOf: ((seq: number) => string) | undefined;
}

export interface MessageMenuProps {
  message: Message;
  own: boolean;
  actions: MessageActions;
  /** Owners and moderators may delete what others said. */
  moderates: boolean;
}

export default function MessageMenu({ message, own, actions, moderates }: MessageMenuProps) {
  const copy = useCopy();
  return (
    <Menu trigger={<IconButton icon={EllipsisVertical} label="Message actions" />} align={own ? "end" : "start"}>
      <MenuItem icon={CornerUpLeft} shortcut="R" onSelect={() => actions.reply(message)}>
        Reply
      </MenuItem>
      <MenuItem icon={Copy} onSelect={() => void copy(message.content, "Text")}>
        Copy text
      </MenuItem>
      {actions.linkOf && (
        <MenuItem icon={Link} onSelect={() => void copy(actions.linkOf?.(message.seq) ?? "", "Link")}>
          Copy link
        </MenuItem>
      )}
      {!own && (
        <MenuItem icon={EyeOff} shortcut="U" onSelect={() => actions.markUnread(message)}>
          Mark unread from here
        </MenuItem>
      )}
      {own && (
        <MenuItem icon={Pencil} shortcut="E" onSelect={() => actions.edit(message)}>
          Edit
        </MenuItem>
      )}
      {(own || moderates) && (
        <>
          <MenuSeparator />
          <MenuItem icon={Trash2} shortcut="Del" danger onSelect={() => actions.delete(message)}>
            Delete
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
