"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { lazy, Suspense, useCallback, useState } from "react";
import { ChatApp } from "../../../components/chat/chat-app.tsx";
import { Hosted } from "../../../components/chat/hosted.tsx";
import { HostedBadge } from "../../../components/chat/hosted-badge.tsx";
import { type Branding, HostedBrand } from "../../../components/chat/hosted-brand.tsx";
import { Bell } from "../../../components/inbox/bell.tsx";
import type { Theme } from "../../../components/ui/theme.ts";
import { ThemeButton } from "../../../components/ui/theme-button.tsx";
import { untilLoaded } from "../../../components/ui/until-loaded.ts";
import { changeAddress } from "../../address.ts";
import { hostedLink } from "../../hosted-link.ts";

// Only the demo has it, and nobody else shall load it.
const DemoStrip = lazy(untilLoaded(() => import("../../../components/chat/demo-strip.tsx")));

export interface ChatPageProps {
  tenantId: string;
  tenantName: string;
  branding: Branding;
  demo: boolean;
  pusherKey: string | undefined;
  theme: Theme;
}

/** The hosted chat at its address: `?chat=` is the open one and `&seq=` a message in it, so that Back works and both can be linked to. */
export function ChatPage({ tenantId, tenantName, branding, demo, pusherKey, theme }: ChatPageProps) {
  const router = useRouter();
  const query = useSearchParams();
  const chatId = query.get("chat") || undefined;
  const seq = Number(query.get("seq") ?? 0);
  const as = query.get("as") ?? undefined;
  const onOpenChat = useCallback(
    (next: string | undefined) => changeAddress({ chat: next, seq: undefined }, "push"),
    [],
  );
  const [beside, setBeside] = useState<string>();
  const onPicked = useCallback((userId: string) => changeAddress({ as: userId }, "replace"), []);
  const inboxHref = `/inbox/${encodeURIComponent(tenantId)}${as ? `?${new URLSearchParams({ as })}` : ""}`;
  return (
    <Hosted tenantId={tenantId} tenantName={tenantName} demo={demo} as={as} onPicked={onPicked}>
      {({ people, carry }) => (
        <div className="flex h-dvh">
          <HostedBadge title={`Chat – ${tenantName}`} />
          <ChatApp
            chatId={chatId}
            startAt={seq > 0 ? seq : undefined}
            // Elsewhere whoever follows it would have to be signed in by an app that does not know of it.
            linkOf={demo ? linkOf : undefined}
            onOpenChat={onOpenChat}
            people={people}
            brand={<HostedBrand {...branding} />}
            footer={
              demo &&
              !query.has("beside") && (
                <Suspense fallback={<div className="h-13 border-line border-t bg-sunken" />}>
                  <DemoStrip
                    people={people}
                    pusherKey={pusherKey}
                    hrefOf={hrefOf}
                    beside={beside !== undefined}
                    onBeside={setBeside}
                  />
                </Suspense>
              )
            }
            tools={
              <>
                <Bell inboxLink={hostedLink(inboxHref, { carry, follow: router.push })} onOpenChat={onOpenChat} />
                <ThemeButton initial={theme} />
              </>
            }
          />
          {beside && <iframe title="The second person" src={beside} className="h-full w-1/2 border-line border-l" />}
        </div>
      )}
    </Hosted>
  );
}

function hrefOf(userId: string): string {
  const { searchParams, pathname } = new URL(location.href);
  const chat = searchParams.get("chat");
  return `${pathname}?${new URLSearchParams({ as: userId, beside: "", ...(chat ? { chat } : {}) })}`;
}

function linkOf(chatId: string, seq: number): string {
  return `${location.origin}${location.pathname}?${new URLSearchParams({ chat: chatId, seq: String(seq) })}`;
}
