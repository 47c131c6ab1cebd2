"use client";

import type { ReactElement } from "react";
import type { Mute } from "../../client/types.ts";
import { Menu, MenuChoices, type MenuChoicesProps } from "../ui/menu.tsx";

export interface BellMenuProps {
  trigger: ReactElement;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  mute: Mute;
  options: MenuChoicesProps<Mute>["options"];
  onChoose: (mute: Mute) => void;
}

export default function BellMenu({ trigger, open, onOpenChange, mute, options, onChoose }: BellMenuProps) {
  return (
    <Menu trigger={trigger} open={open} onOpenChange={onOpenChange}>
      <MenuChoices label="Notify me of" value={mute} options={options} onChange={onChoose} />
    </Menu>
  );
}
