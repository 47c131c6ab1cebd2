"use client";

import { Copy, CornerUpLeft, EllipsisVertical, EyeOff, Link, Pencil, Trash2 } from "lucide-react";
import type { Message } from "../../client/types.ts";
import { copyText } from "../ui/clipboard.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu.tsx";

export interface MessageActions {
  reply: (message: Message) => void;
  edit: (message: Message) => void;
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
  return (
    <Menu trigger={<IconButton icon={EllipsisVertical} label="Message actions" />} align={own ? "end" : "start"}>
      <MenuItem icon={CornerUpLeft} shortcut="R" onSelect={() => actions.reply(message)}>
        Reply
      </MenuItem>
      <MenuItem icon={Copy} onSelect={() => void copyText(message.content)}>
        Copy text
      </MenuItem>
      {actions.linkOf && (
        <MenuItem icon={Link} onSelect={() => void copyText(actions.linkOf?.(message.seq) ?? "")}>
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
