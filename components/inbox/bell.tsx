"use client";

import { type ComponentProps, lazy, Suspense, useState } from "react";
import { untilLoaded } from "../ui/until-loaded.ts";
import { BellButton } from "./bell-button.tsx";
import { NotificationAnnouncer } from "./notification-announcer.tsx";

const BellPopover = lazy(untilLoaded(() => import("./bell-popover.tsx")));

export interface BellProps {
  /** The whole inbox: its address, and how one gets there. */
  inboxLink: Pick<ComponentProps<"a">, "href" | "onClick" | "onAuxClick">;
  onOpenChat?: (chatId: string) => void;
}

/** The newest notifications behind a bell with their number; what comes in is said. */
export function Bell(props: BellProps) {
  const [wanted, setWanted] = useState(false);
  return (
    <>
      <NotificationAnnouncer />
      {wanted ? (
        <Suspense fallback={<BellButton />}>
          <BellPopover {...props} />
        </Suspense>
      ) : (
        <BellButton onClick={() => setWanted(true)} />
      )}
    </>
  );
}
