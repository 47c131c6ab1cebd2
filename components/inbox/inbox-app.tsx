"use client";

import { CheckCheck, Settings2, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { InboxFilter } from "../../client/inbox-state.ts";
import { sentenceOf } from "../../client/parley-error.ts";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import { useInbox } from "../../client/react/use-inbox.ts";
import { useUnread } from "../../client/react/use-unread.ts";
import type { Notification } from "../../client/types.ts";
import { LinkBanner } from "../chat/link-banner.tsx";
import { CountBadge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Select } from "../ui/select.tsx";
import { useToast } from "../ui/toast.tsx";
import { NotificationAnnouncer } from "./notification-announcer.tsx";
import { NotificationList } from "./notification-list.tsx";
import { PreferencesForm } from "./preferences-form.tsx";
import { useTypeTitles } from "./type-titles.ts";
import { UrgentStrip } from "./urgent-strip.tsx";

export type InboxView = InboxFilter | "preferences";

export interface InboxAppProps {
  view: InboxView;
  onView: (view: InboxView) => void;
  onOpenChat?: (chatId: string) => void;
  /** Whose inbox it is, before the title. */
  brand?: ReactNode;
  tools?: ReactNode;
}

const TABS: { view: InboxFilter; label: string }[] = [
  { view: "all", label: "All" },
  { view: "unread", label: "Unread" },
  { view: "snoozed", label: "Snoozed" },
  { view: "archived", label: "Archive" },
];

/** One's whole inbox. Needs a `ParleyProvider` and a `ToastProvider` above it, and knows no router. */
export function InboxApp({ view, onView: goTo, onOpenChat, brand, tools }: InboxAppProps) {
  const client = useParley();
  const toast = useToast();
  const { notifications } = useUnread();
  const isPreferences = view === "preferences";
  const [asked, setAsked] = useState<Notification>();

  function onView(next: InboxView) {
    setAsked(undefined);
    goTo(next);
  }

  function open(item: Notification) {
    if (view !== "all") goTo("all");
    setAsked(item);
  }

  function readAll() {
    client.inbox
      .readAll()
      .catch((error: unknown) => toast({ title: "Not marked read", description: sentenceOf(error), tone: "bad" }));
  }

  return (
    <div className="relative flex h-dvh flex-col bg-bg">
      <LinkBanner className="inset-x-0 bottom-4" />
      {view !== "all" && view !== "unread" && <UnreadLoader />}
      <UrgentStrip onOpen={open} />
      <NotificationAnnouncer />
      <header className="border-line border-b bg-surface">
        <div className="mx-auto flex h-15 max-w-3xl items-center gap-2 px-4">
          {/* On a phone the brand stands above the title: beside it there is no room for either. */}
          <div className="flex min-w-0 flex-1 flex-col sm:flex-row sm:items-center sm:gap-2">
            {brand}
            <h1 className="flex items-center gap-2 font-semibold text-lg leading-6 tracking-tight">
              {isPreferences ? "Preferences" : "Inbox"}
              {!isPreferences && <CountBadge count={notifications} />}
            </h1>
          </div>
          {!isPreferences && notifications > 0 && (
            <Button size="sm" onClick={readAll}>
              <CheckCheck aria-hidden className="size-3.5 max-sm:hidden" />
              Mark {notifications > 99 ? "all" : `all ${notifications}`} read
            </Button>
          )}
          <IconButton
            icon={isPreferences ? X : Settings2}
            label={isPreferences ? "Back to the inbox" : "Preferences"}
            onClick={() => onView(isPreferences ? "all" : "preferences")}
          />
          {tools}
        </div>
      </header>
      <main className="min-h-0 flex-1 overflow-y-auto">
        {/* The space below is what an urgent one lies over when all is scrolled up. */}
        <div className="mx-auto max-w-3xl px-4 pt-4 pb-36 md:pb-20">
          {isPreferences ? (
            <PreferencesForm />
          ) : (
            <>
              <Filters view={view} onView={onView} />
              <NotificationList
                key={view}
                filter={view}
                onOpenChat={onOpenChat}
                asked={view === "all" ? asked : undefined}
                onArrived={() => setAsked(undefined)}
              />
            </>
          )}
        </div>
      </main>
    </div>
  );
}

function Filters({ view, onView }: { view: InboxFilter; onView: (view: InboxFilter) => void }) {
  const items = useParleyState((state) => state.inbox.items);
  const titleOf = useTypeTitles();
  const types = [...new Set(Object.values(items).map(({ type }) => type))]
    .map((type) => ({ value: `type:${type}` as const, label: titleOf(type) }))
    .sort((one, other) => one.label.localeCompare(other.label));
  const type = view.startsWith("type:") ? view : "";
  return (
    <nav aria-label="Filters" className="mb-4 flex flex-wrap items-center gap-1">
      {TABS.map(({ view: tab, label }) => (
        <button
          key={tab}
          type="button"
          aria-current={tab === view ? "page" : undefined}
          onClick={() => onView(tab)}
          className={cn(
            "h-8 rounded-full px-3 text-sm pointer-coarse:h-11",
            tab === view
              ? "bg-accent-soft font-medium text-on-accent-soft"
              : "text-muted hover:bg-sunken hover:text-text",
          )}
        >
          {label}
        </button>
      ))}
      {types.length > 1 && (
        <Select
          label="Type"
          value={type}
          options={[{ value: "", label: "Every type" }, ...types]}
          onChange={(chosen) => onView(chosen === "" ? "all" : (chosen as InboxFilter))}
          className="ml-auto w-44"
        />
      )}
    </nav>
  );
}

/** Beside a list that has asked for none of the new ones: among them may be one that is urgent. */
function UnreadLoader() {
  useInbox("unread");
  return null;
}
