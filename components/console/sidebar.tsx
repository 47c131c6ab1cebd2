"use client";

import { BookOpen, Check, ChevronsUpDown } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { useConsole } from "./console-context.ts";
import { groups, pagesFor } from "./pages.ts";

/** The tenant and its pages, in groups. */
export function Sidebar({ onGone }: { onGone?: () => void }) {
  const { base, role } = useConsole();
  const pathname = usePathname();
  const pages = pagesFor(role);
  // Of pages below each other the nearest.
  const herePath = pages
    .map(({ path }) => path)
    .filter((path) => pathname === `${base}${path}` || (path !== "" && pathname.startsWith(`${base}${path}/`)))
    .toSorted((one, other) => other.length - one.length)[0];
  return (
    <div className="flex min-h-full flex-col gap-4 p-3">
      <TenantSwitcher />
      <nav aria-label="Console" className="flex flex-1 flex-col gap-4">
        {groups
          .map((group) => ({ group, of: pages.filter((page) => page.group === group) }))
          .filter(({ of }) => of.length > 0)
          .map(({ group, of }) => (
            <div key={group}>
              {group && <p className="px-2.5 pb-1 font-medium text-muted text-xs">{group}</p>}
              <ul>
                {of.map(({ path, label, icon: Icon }) => {
                  const href = `${base}${path}`;
                  const here = path === herePath;
                  return (
                    <li key={path}>
                      <Link
                        href={href}
                        prefetch={false}
                        aria-current={here ? "page" : undefined}
                        onClick={() => onGone?.()}
                        className={cn(
                          "flex min-h-8 items-center gap-2.5 rounded-lg px-2.5 text-sm hover:bg-line/60 pointer-coarse:min-h-11",
                          here ? "bg-accent-soft font-medium text-on-accent-soft hover:bg-accent-soft" : "text-text",
                        )}
                      >
                        <Icon aria-hidden className="size-4 shrink-0" />
                        {label}
                      </Link>
                    </li>
                  );
                })}
              </ul>
            </div>
          ))}
      </nav>
      <Link
        href="/docs"
        prefetch={false}
        className="flex min-h-8 items-center gap-2.5 rounded-lg px-2.5 text-muted text-sm hover:bg-line/60 hover:text-text"
      >
        <BookOpen aria-hidden className="size-4" />
        Documentation
      </Link>
    </div>
  );
}

function TenantSwitcher() {
  const { tenantId, tenantName, role, account } = useConsole();
  return (
    <Menu
      align="start"
      trigger={
        <Button variant="ghost" className="h-auto w-full justify-between px-2.5 py-2 text-left text-text">
          <span className="min-w-0">
            <span className="block truncate font-semibold">{tenantName}</span>
            <span className="block truncate font-normal text-muted text-xs">
              {tenantId} · {role}
            </span>
          </span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
        </Button>
      }
    >
      {account.tenants.map((tenant) => (
        // A whole page load: nothing of one tenant stays in memory beside another's.
        <MenuItem key={tenant.tenantId} onSelect={() => window.location.assign(`/t/${tenant.tenantId}`)}>
          <span className="flex items-center gap-3">
            {tenant.name}
            {tenant.tenantId === tenantId && <Check aria-label="shown" className="size-4" />}
          </span>
        </MenuItem>
      ))}
    </Menu>
  );
}
