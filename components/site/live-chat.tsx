"use client";

import { useEffect, useState } from "react";
import { sentenceOf } from "../../client/parley-error.ts";
import type { Demo } from "../../client/types.ts";
import { Duo } from "../chat/duo.tsx";
import { findPair, type Pair } from "../chat/find-pair.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { DemoAbsent } from "./demo-absent.tsx";
import { useDemo } from "./demo-provider.tsx";

export function LiveChat() {
  const { state } = useDemo();
  if (state.kind === "loading") return <DuoSkeleton />;
  if (state.kind === "ready") return <PairedChat key={state.demo.tenantId} demo={state.demo} />;
  return <DemoAbsent />;
}

function PairedChat({ demo }: { demo: Demo }) {
  const { showChat, retry } = useDemo();
  const [pair, setPair] = useState<Pair | null | { problem: string }>();

  useEffect(() => {
    let wanted = true;
    findPair(demo)
      .catch((error: unknown) => ({ problem: sentenceOf(error) }))
      .then((found) => {
        if (!wanted) return;
        setPair(found);
        if (found && "chat" in found) showChat(found.chat.id);
      });
    return () => {
      wanted = false;
    };
  }, [demo, showChat]);

  if (pair === undefined) return <DuoSkeleton />;
  if (pair && "chat" in pair) return <Duo tenantId={demo.tenantId} pair={pair} />;
  return (
    <Notice title="No chat to show" action={<Button onClick={retry}>Try again</Button>}>
      <p>
        {pair?.problem ??
          "No two people of the demo share a group chat. A new start with an empty data folder seeds them."}
      </p>
    </Notice>
  );
}

function DuoSkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading the chat"
      className="overflow-hidden rounded-2xl border border-line bg-surface"
    >
      <div className="border-b border-line px-4 py-3">
        <Skeleton className="h-4 w-40" />
      </div>
      <div className="grid h-[56rem] gap-px sm:h-[33rem] sm:grid-cols-2">
        {["left", "right"].map((side) => (
          <div key={side} className="flex flex-col gap-3 p-4">
            <Skeleton className="size-8 rounded-full" />
            <Skeleton className="mt-auto h-9 w-2/5 rounded-2xl" />
            <Skeleton className="h-9 w-1/2 self-end rounded-2xl" />
            <Skeleton className="h-9 w-full" />
          </div>
        ))}
      </div>
    </div>
  );
}
