"use client";

import { parseAsStringLiteral, useQueryState } from "nuqs";
import { buttonClass } from "../../ui/button.tsx";
import { useLive } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { InspectorView } from "./inspector-view.tsx";
import { useEvents } from "./use-events.ts";
import { useFrames } from "./use-frames.ts";
import { useRows } from "./use-rows.ts";

const views = ["frames", "events"] as const;
const viewTexts = { frames: "Frames on the wire", events: "Log of events" } as const;

/** What happens at the tenant, as it happens. */
export function InspectorPage() {
  const [view, setView] = useQueryState("view", parseAsStringLiteral(views).withDefault("frames"));
  return (
    <>
      <PageHeader
        title="Inspector"
        lead={
          view === "frames"
            ? "What goes over this tenant's sockets on all nodes, from now on. At most 50 frames a second and node are shown, with secrets masked; nothing of it is stored."
            : "What is committed to this tenant's log, in its order, as clients are told."
        }
        action={
          <fieldset className="flex gap-2">
            <legend className="sr-only">What is shown</legend>
            {views.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={view === one}
                onClick={() => void setView(one)}
                className={buttonClass({ variant: view === one ? "primary" : "secondary" })}
              >
                {viewTexts[one]}
              </button>
            ))}
          </fieldset>
        }
      />
      {view === "frames" ? <Frames /> : <Events />}
    </>
  );
}

function Frames() {
  const { paused } = useLive();
  const { rows, add, clear } = useRows();
  const state = useFrames(paused, add);
  return (
    <InspectorView
      label={viewTexts.frames}
      rows={rows}
      kinds={["connect", "identify", "subscribe", "in", "out", "disconnect", "skipped"]}
      onClear={clear}
      hint="Open the hosted chat beside this page, or connect a SignalR, Pusher or tRPC client: its frames stand here at once."
      {...state}
    />
  );
}

function Events() {
  const { paused } = useLive();
  const { rows, add, clear } = useRows();
  const state = useEvents(paused, add);
  return (
    <InspectorView
      label={viewTexts.events}
      rows={rows}
      kinds={["message", "chat", "member", "read", "notification"]}
      onClear={clear}
      hint="Send a message, or read one: the event stands here as soon as it is committed."
      {...state}
    />
  );
}
