"use client";

import { lazy, Suspense, useState } from "react";
import { untilLoaded } from "../ui/until-loaded.ts";
import { BellButton } from "./bell-button.tsx";

const BellPopover = lazy(untilLoaded(() => import("./bell-popover.tsx")));

export interface BellProps {
  /** The address of the whole inbox. */
  inboxHref: string;
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
