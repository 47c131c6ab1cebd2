"use client";

import type { ReactNode } from "react";
import { Avatar } from "../ui/avatar.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useDemo } from "./demo-provider.tsx";
import { fromDemoFile } from "./snippets.ts";
import { useOrigin } from "./use-origin.ts";

export function Credentials() {
  const { state, demoFile } = useDemo();
  const origin = useOrigin();
  const hasDemo = state.kind === "loading" || state.kind === "ready";
  const tenantId = state.kind === "ready" ? state.demo.tenantId : "demo";
  return (
    <div className="divide-y divide-line rounded-2xl border border-line bg-surface">
      <dl className="divide-y divide-line">
        <Fact label="Base URL" value={`${origin}/tenant/${tenantId}/v1`} />
        <Fact label="Tenant" value={tenantId} />
        {demoFile && (
          <Fact label="API key" value={fromDemoFile(demoFile, "apiKey")}>
            Printed by this command only, because a key never belongs in a browser.
          </Fact>
        )}
        {hasDemo && demoFile && (
          <Fact label="Sign-in to the console" value={fromDemoFile(demoFile, "admin")}>
            Prints the email address and the password of who owns the demo, for{" "}
            <a href="/sign-in" className="text-accent underline underline-offset-2">
              signing in
            </a>
            .
          </Fact>
        )}
      </dl>
      {hasDemo && <People />}
    </div>
  );
}

function People() {
  const { state } = useDemo();
  return (
    <div className="p-4">
      <h3 className="text-sm font-medium">
        {state.kind === "ready" ? `People of ${state.demo.tenantName}` : "People to act as"}
      </h3>
      <p className="mt-1 text-xs leading-5 text-muted">Each token is a signed JWT; copy one and you are that person.</p>
      <ul className="mt-3 grid gap-x-4 sm:grid-cols-2">
        {state.kind === "ready"
          ? state.demo.users.map((user) => (
              <li key={user.userId} className="flex min-w-0 items-center gap-2.5 py-1">
                <Avatar name={user.displayName} src={user.avatarUrl} className="size-7 text-[0.625rem]" />
                <span className="min-w-0 flex-1 truncate text-sm">{user.displayName}</span>
                <CopyButton text={user.token} what={`the token of ${user.displayName}`} />
              </li>
            ))
          : ["a", "b", "c", "d"].map((key) => (
              <li key={key} className="py-1.5">
                <Skeleton className="h-6" />
              </li>
            ))}
      </ul>
    </div>
  );
}

function Fact({ label, value, children }: { label: string; value: string; children?: ReactNode }) {
  return (
    <div className="relative py-3 pr-14 pl-4">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="mt-0.5">
        <span className="font-mono text-[0.8125rem] leading-6 break-words">{value}</span>
        {children && <span className="block text-xs leading-5 text-muted">{children}</span>}
        <span className="absolute top-3 right-4">
          <CopyButton text={value} what={label} />
        </span>
      </dd>
    </div>
  );
}
