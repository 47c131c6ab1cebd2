"use client";

import { AtSign, Bell, BellOff } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Chat, Mute } from "../../client/types.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { untilLoaded } from "../ui/until-loaded.ts";
import { whenOf } from "./times.ts";
import { usePassed } from "./use-passed.ts";

// Half of what a menu needs is not there at first.
const load = () => import("./bell-menu.tsx");
const BellMenu = lazy(untilLoaded(load));

const CHOICES = [
  { value: "none", label: "All messages", icon: Bell },
  { value: "except-mentions", label: "Mentions only", icon: AtSign },
  { value: "all", label: "Nothing", icon: BellOff },
] as const;

export interface ChatBellProps {
  chat: Chat;
  onChoose: (mute: Mute) => void;
}

/** Of what in a chat one is told: shows the present choice, and opens the others. */
export function ChatBell({ chat: { notifications }, onChoose }: ChatBellProps) {
  const [wanted, setWanted] = useState(false);
  const [open, setOpen] = useState(false);
  const until = notifications?.until;
  const isOver = usePassed(until);
  const mute = isOver ? "none" : (notifications?.mute ?? "none");
  const hint = until !== undefined && !isOver ? `until ${whenOf(until)}` : undefined;
  const { label, icon } = CHOICES.find(({ value }) => value === mute) ?? CHOICES[0];
  const words = ["Chat notifications:", label.toLowerCase(), hint].filter(Boolean).join(" ");
  const openIt = () => {
    setWanted(true);
    setOpen(true);
  };
  // It may be wanted when there is no line.
  const prepare = () => void load().catch(() => undefined);
  const bell = { icon, label: words, onPointerEnter: prepare, onFocus: prepare };
  if (!wanted) return <IconButton {...bell} aria-haspopup="menu" onClick={openIt} />;
  return (
    <Suspense fallback={<IconButton {...bell} />}>
      <BellMenu
        trigger={<IconButton {...bell} />}
        open={open}
        onOpenChange={setOpen}
        mute={mute}
        options={CHOICES.map((choice) => (choice.value === mute && hint ? { ...choice, hint } : choice))}
        onChoose={onChoose}
      />
    </Suspense>
  );
}
