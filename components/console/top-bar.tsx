"use client";

import { CircleUser, Keyboard, LogOut, MenuIcon, Pause, Play, Search, UserRound } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu.tsx";
import type { Theme } from "../ui/theme.ts";
import { ThemeButton } from "../ui/theme-button.tsx";
import { useToast } from "../ui/toast.tsx";
import { useConsole } from "./console-context.ts";
import { lastAnswerAt, useAnswering, useLive, useSignedOut } from "./live.ts";
import { consolePages } from "./pages.ts";
import { faultTexts, signOut } from "./sign-in.ts";

export interface TopBarProps {
  theme: Theme;
  onMenu: () => void;
  onPalette: () => void;
  onSheet: () => void;
}

export function TopBar({ theme, onMenu, onPalette, onSheet }: TopBarProps) {
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-line border-b bg-surface px-3 sm:px-4">
      <IconButton icon={MenuIcon} label="Menu" onClick={onMenu} className="lg:hidden" />
      <Breadcrumb />
      <div className="ml-auto flex items-center gap-1 sm:gap-2">
        <Button size="sm" onClick={onPalette} aria-label="Search or go to" className="max-sm:border-0 max-sm:px-2">
          <Search aria-hidden className="size-3.5" />
          <span className="text-muted max-sm:hidden">Search</span>
          <span className="max-sm:hidden pointer-coarse:hidden">
            <Kbd>Ctrl K</Kbd>
          </span>
        </Button>
        <LivePill />
        <ThemeButton initial={theme} />
        <AccountMenu onSheet={onSheet} />
      </div>
    </header>
  );
}

function Breadcrumb() {
  const { base, tenantName } = useConsole();
  const pathname = usePathname();
  const below = pathname.slice(base.length);
  // Of pages below each other the nearest.
  const [page] = consolePages
    .filter(({ path }) => path !== "" && (below === path || below.startsWith(`${path}/`)))
    .toSorted((one, other) => other.path.length - one.path.length);
  const inner = page && below !== page.path ? decodeURIComponent(below.slice(page.path.length + 1)) : undefined;
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1.5 text-sm">
        <li className="max-w-40 shrink-0 truncate max-sm:hidden lg:max-w-64">
          <Link href={base} prefetch={false} className="rounded text-muted hover:text-text">
            {tenantName}
          </Link>
        </li>
        {page && (
          <li className="flex items-center gap-1.5 max-sm:min-w-0 sm:shrink-0">
            <span aria-hidden className="text-muted max-sm:hidden">
              /
            </span>
            <Link
              href={`${base}${page.path}`}
              prefetch={false}
              className="truncate rounded"
              aria-current={inner ? undefined : "page"}
            >
              {page.label}
            </Link>
          </li>
        )}
        {inner && (
          <li aria-current="page" className="flex min-w-0 items-center gap-1.5 max-md:hidden">
            <span aria-hidden className="text-muted">
              /
            </span>
            <span className="truncate font-mono text-xs">{inner}</span>
          </li>
        )}
      </ol>
    </nav>
  );
}

/** Whether the panels follow what happens. Pressing it pauses all of them. */
function LivePill() {
  const { paused, toggle } = useLive();
  const answering = useAnswering();
  const signedOut = useSignedOut();
  const follows = answering && !signedOut;
  const text = paused ? "Paused by you" : signedOut ? "Signed out" : answering ? "Live" : "No connection";
  const at = lastAnswerAt();
  const Icon = paused ? Play : Pause;
  return (
    <>
      <Button
        size="sm"
        aria-label={`${text}. ${paused ? "Resume" : "Pause"} (p)`}
        title={at === null ? undefined : `Last answer ${new Date(at).toLocaleTimeString()}`}
        onClick={toggle}
        className="rounded-full"
      >
        <span className="flex items-center gap-1.5">
          <span
            aria-hidden
            className={`size-2 rounded-full ${paused ? "bg-line-strong" : follows ? "bg-good" : "bg-bad"}`}
          />
          <span className="max-sm:sr-only">{text}</span>
        </span>
        <Icon aria-hidden className="size-3 text-muted" />
      </Button>
      {/* What is in a button is read out with it only. */}
      <span role="status" className="sr-only">
        {text}
      </span>
    </>
  );
}

function AccountMenu({ onSheet }: { onSheet: () => void }) {
  const { account } = useConsole();
  const toast = useToast();
  const leave = async () => {
    if (await signOut()) window.location.assign("/sign-in");
    else toast({ title: "You are still signed in", description: faultTexts.unavailable, tone: "bad" });
  };
  return (
    <Menu trigger={<IconButton icon={CircleUser} label="Account" />}>
      <p className="px-2.5 pt-1.5 pb-2 text-muted text-xs">{account.email}</p>
      <MenuItem icon={UserRound} onSelect={() => window.location.assign("/account")}>
        Your account
      </MenuItem>
      <MenuItem icon={Keyboard} onSelect={onSheet} shortcut="?">
        Keys
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={LogOut} onSelect={() => void leave()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
