"use client";

import { type ComponentProps, lazy, Suspense, useState } from "react";
import { untilLoaded } from "../ui/until-loaded.ts";
import { BellButton } from "./bell-button.tsx";

const BellPopover = lazy(untilLoaded(() => import("./bell-popover.tsx")));

export interface BellProps {
  /** The whole inbox: its address, and how one gets there. */
  inboxLink: Pick<ComponentProps<"a">, "href" | "onClick" | "onAuxClick">;
  onOpenChat?: (chatId: string) => void;
}

/** The newest notifications behind a bell with their number. */
export function Bell(props: BellProps) {
  const [wanted, setWanted] = useState(false);
  if (!wanted) return <BellButton onClick={() => setWanted(true)} />;
  return (
    <Suspense fallback={<BellButton />}>
      <BellPopover {...props} />
    </Suspense>
  );
}
