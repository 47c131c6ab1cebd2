"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useCallback } from "react";
import { Hosted } from "../../../components/chat/hosted.tsx";
import { HostedBadge } from "../../../components/chat/hosted-badge.tsx";
import { type Branding, HostedBrand } from "../../../components/chat/hosted-brand.tsx";
import { InboxApp, type InboxView } from "../../../components/inbox/inbox-app.tsx";
import type { Theme } from "../../../components/ui/theme.ts";
import { ThemeButton } from "../../../components/ui/theme-button.tsx";
import { changeAddress } from "../../address.ts";

export interface InboxPageProps {
  tenantId: string;
  tenantName: string;
  branding: Branding;
  demo: boolean;
  theme: Theme;
}

const VIEW = /^(all|unread|archived|snoozed|preferences|type:.{1,100})$/u;

/** The hosted inbox at its address: `?view=` is the list or the preferences, `?as=` a person of the demo. */
export function InboxPage({ tenantId, tenantName, branding, demo, theme }: InboxPageProps) {
  const router = useRouter();
  const query = useSearchParams();
  const asked = query.get("view") ?? "all";
  const view = (VIEW.test(asked) ? asked : "all") as InboxView;
  const as = query.get("as") ?? undefined;
  const onPicked = useCallback((userId: string) => changeAddress({ as: userId }, "replace"), []);
  return (
    <Hosted tenantId={tenantId} tenantName={tenantName} demo={demo} as={as} onPicked={onPicked}>
      {() => (
        <>
          <HostedBadge title={`Inbox – ${tenantName}`} />
          <InboxApp
            view={view}
            brand={<HostedBrand {...branding} />}
            onView={(next) => changeAddress({ view: next === "all" ? undefined : next }, "push")}
            onOpenChat={(chat) => {
              const query = new URLSearchParams({ chat, ...(as ? { as } : {}) });
              router.push(`/chat/${encodeURIComponent(tenantId)}?${query}`);
            }}
            tools={<ThemeButton initial={theme} />}
          />
        </>
      )}
    </Hosted>
  );
}
