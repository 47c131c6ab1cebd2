"use client";

import { Columns2, Plug, Unplug, X } from "lucide-react";
import { useState } from "react";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import { standardTransports } from "../../client/standard-transports.ts";
import type { Transport } from "../../client/transport.ts";
import type { DemoUser } from "../../client/types.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { NativeSelect } from "../ui/native-select.tsx";
import { pusherTransport } from "./transports/pusher-transport.ts";
import { signalrTransport } from "./transports/signalr-transport.ts";
import { trpcTransport } from "./transports/trpc-transport.ts";

const PROTOCOLS = [
  { value: "own", label: "@parley/client" },
  { value: "signalr", label: "SignalR (@microsoft/signalr)" },
  { value: "trpc", label: "tRPC (@trpc/client)" },
  { value: "pusher", label: "Pusher (pusher-js)" },
] as const;
type Protocol = (typeof PROTOCOLS)[number]["value"];

function transportsOf(protocol: Protocol, pusherKey: string): readonly Transport[] {
  if (protocol === "own") return standardTransports();
  if (protocol === "signalr") return [signalrTransport];
  return protocol === "trpc" ? [trpcTransport] : [pusherTransport(pusherKey)];
}

export interface DemoStripProps {
  people: readonly DemoUser[];
  /** Of the tenant's Pusher app; undefined where that is switched off. */
  pusherKey: string | undefined;
  /** The address of this page as somebody else. */
  hrefOf: (userId: string) => string;
  /** Shows that page beside this one; undefined puts it away. */
  onBeside: (href: string | undefined) => void;
  beside: boolean;
}

/** What a visitor of the demo tries things with: the protocol on the wire, a second person, the line. */
export default function DemoStrip({ people, pusherKey, hrefOf, onBeside, beside }: DemoStripProps) {
  const client = useParley();
  const link = useParleyState((state) => state.link);
  const [protocol, setProtocol] = useState<Protocol>("own");
  const offline = link === "offline";
  const others = people.filter(({ userId }) => userId !== client.me);
  const [other, setOther] = useState<string>();
  const chosen = other ?? others[0]?.userId ?? "";
  return (
    <section
      aria-label="Demo"
      // As tall as what keeps its place until it is loaded: in one row, for as narrow a window as there is.
      className="flex min-h-13 items-center gap-x-4 gap-y-2 border-line border-t bg-sunken px-4 py-1.5 text-sm lg:flex-wrap"
    >
      <div className="flex min-w-0 items-center gap-2">
        <span className="text-muted max-sm:hidden">Protocol</span>
        <NativeSelect
          label="Protocol"
          value={protocol}
          options={PROTOCOLS.filter((one) => one.value !== "pusher" || pusherKey !== undefined)}
          onChange={(next) => {
            setProtocol(next);
            client.setTransports(transportsOf(next, pusherKey ?? ""));
          }}
          className="w-60"
        />
      </div>
      <Button onClick={() => client.setOnline(offline)}>
        {offline ? <Plug aria-hidden className="size-4" /> : <Unplug aria-hidden className="size-4" />}
        {offline ? "Come back" : "Go offline"}
      </Button>
      {others.length > 0 && (
        <div className="flex items-center gap-2 max-lg:hidden">
          <NativeSelect
            label="Second person"
            value={chosen}
            options={others.map(({ userId, displayName }) => ({ value: userId, label: displayName }))}
            onChange={(next) => {
              setOther(next);
              if (beside) onBeside(hrefOf(next));
            }}
            className="w-40"
          />
          {beside ? (
            <IconButton icon={X} label="Close the second person" onClick={() => onBeside(undefined)} />
          ) : (
            <Button onClick={() => onBeside(hrefOf(chosen))}>
              <Columns2 aria-hidden className="size-4" />
              Open beside
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
