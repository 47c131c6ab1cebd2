"use client";

import { Code } from "../ui/code.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { useDemo } from "./demo-provider.tsx";
import { SNIPPETS, type SnippetValues } from "./snippets.ts";
import { useOrigin } from "./use-origin.ts";

const TOKEN_SHOWN = 16;

export function QuickStart() {
  const { state, demoFile } = useDemo();
  const origin = useOrigin();
  const user = state.kind === "ready" ? state.demo.users[0] : undefined;
  const values: SnippetValues = {
    origin,
    tenantId: state.kind === "ready" ? state.demo.tenantId : "TENANT_ID",
    chatId: (state.kind === "ready" && state.chatId) || "CHAT_ID",
    token: user?.token ?? "USER_TOKEN",
    userId: user?.userId ?? "USER_ID",
    demoFile,
  };
  const shown = { ...values, token: user ? `${user.token.slice(0, TOKEN_SHOWN)}…` : values.token };

  const tabs = SNIPPETS.map(({ id, label, note, source }) => ({
    id,
    label,
    content: (
      <>
        <p className="border-b border-line px-4 py-3 text-sm text-pretty text-muted">{note}</p>
        <Code shown={source(shown)} copied={source(values)} what={`the ${label} example`} />
      </>
    ),
  }));
  return (
    <div className="overflow-hidden rounded-2xl border border-line bg-sunken">
      <Tabs label="Quick start" tabs={tabs} />
      <p className="border-t border-line px-4 py-2.5 text-xs text-muted">
        {user
          ? `Filled in for ${user.displayName}. The token is shortened here; the copy has all of it.`
          : "Replace the words in capitals with your own values."}
      </p>
    </div>
  );
}
