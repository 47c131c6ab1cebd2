import { consolePages } from "../components/console/pages.ts";
import { contents } from "../components/docs/contents.ts";
import type { Stage } from "./screenshot-stage.ts";

/** Of an object where there is one: its address, from the first row of the list that has it. */
export interface First {
  of: string;
  input?: object;
  path(row: Record<string, string>): string;
}

export interface PageToShoot {
  name: string;
  path: string | First | ((stage: Stage) => string);
}

const adasChats = { of: "adminChats.list", input: { member: "ada" } };

/** What is looked at with nobody but the demo's owner and its people. */
export const pages: PageToShoot[] = [
  { name: "home", path: "/" },
  { name: "not-found", path: "/nothing/of/the/kind" },
  { name: "sign-in", path: "/sign-in" },
  { name: "sign-in-link", path: "/sign-in?link=x" },
  { name: "sign-up", path: "/sign-up" },
  { name: "sign-up-claim-over", path: "/sign-up?claim=x" },
  { name: "reset", path: "/reset" },
  { name: "reset-token", path: "/reset?token=x" },
  { name: "invite", path: ({ invitation }) => invitation },
  { name: "invite-over", path: "/invite/x.y" },
  { name: "account", path: "/account" },
  { name: "installation-closed", path: "/installation" },
  { name: "chat-pick", path: "/chat/demo" },
  { name: "chat", path: "/chat/demo?as=ada" },
  { name: "chat-open", path: { ...adasChats, path: ({ id }) => `/chat/demo?as=ada&chat=${id}` } },
  { name: "chat-none", path: "/chat/nobody" },
  { name: "inbox-pick", path: "/inbox/demo" },
  { name: "inbox", path: "/inbox/demo?as=ada" },
  { name: "inbox-archive", path: "/inbox/demo?as=ada&view=archived" },
  { name: "inbox-preferences", path: "/inbox/demo?as=ada&view=preferences" },
  { name: "unsubscribe", path: ({ unsubscribe }) => unsubscribe },
  { name: "unsubscribe-over", path: "/u/x" },
  ...contents.flatMap((section) =>
    section.pages.map((path) => ({
      name: `docs-${path.replace("/", "-")}`,
      path: path === "guides/overview" ? "/docs" : `/docs/${path}`,
    })),
  ),
  { name: "docs-error", path: "/docs/errors/invalid" },
  { name: "docs-not-found", path: "/docs/guides/nothing" },
  { name: "docs-api", path: "/docs/api" },
  { name: "docs-operation", path: "/docs/api/messages.send" },
  ...consolePages.map(({ path }) => ({
    name: `console${path.replaceAll("/", "-") || "-overview"}`,
    path: `/t/demo${path}`,
  })),
  { name: "console-overview-month", path: "/t/demo?range=month" },
  { name: "console-foreign", path: "/t/harbour" },
  ...["profile", "connections", "chats", "inbox", "preferences", "access"].map((tab) => ({
    name: `console-user-${tab}`,
    path: `/t/demo/users/gita?tab=${tab}`,
  })),
  ...["messages", "members", "events", "settings"].map((tab) => ({
    name: `console-chat-${tab}`,
    path: { ...adasChats, path: ({ id }: Record<string, string>) => `/t/demo/chats/${id}?tab=${tab}` },
  })),
  { name: "console-notifications-new", path: "/t/demo/notifications/new" },
  { name: "console-notification", path: first("notifications.listAll", "/notifications", { status: "visible" }) },
  {
    name: "console-notification-scheduled",
    path: first("notifications.listAll", "/notifications", { status: "scheduled" }),
  },
  { name: "console-batch", path: first("batches.list", "/notifications/batches", { status: "done" }) },
  { name: "console-batch-scheduled", path: first("batches.list", "/notifications/batches", { status: "scheduled" }) },
  { name: "console-webhook", path: first("webhooks.list", "/webhooks") },
  { name: "console-webhook-delivery", path: ({ delivery }) => delivery },
  { name: "console-template", path: "/t/demo/templates/delay" },
  { name: "console-category", path: "/t/demo/categories?open=Delay" },
  { name: "console-topic", path: "/t/demo/topics/line-montijo" },
  { name: "console-mail-open", path: ({ caughtMail }) => `/t/demo/mail?open=${caughtMail}` },
  { name: "console-inspector-events", path: "/t/demo/inspector?view=events" },
  ...["keys", "webhooks", "issuers", "operators"].map((list) => ({
    name: `console-${list}-create`,
    path: `/t/demo/${list}?create=true`,
  })),
];

function first(of: string, under: string, input: object = {}): First {
  return { of, input, path: ({ id }) => `/t/demo${under}/${id}` };
}
