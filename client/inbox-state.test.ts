import { expect, test } from "vitest";
import { applyNotification, emptyInbox, inboxItems, reduceInbox, urgentItems } from "./inbox-state.ts";
import type { Notification } from "./types.ts";

function notification(id: string, more: Partial<Notification> = {}): Notification {
  const createdAt = `2026-01-01T00:00:0${id}.000Z`;
  return {
    id,
    createdAt,
    isRead: false,
    read: false,
    status: "unread",
    htmlContent: `<p>${id}</p>`,
    ...more,
  } as Notification;
}

const [first, second, third] = [notification("1"), notification("2"), notification("3")];
const page = { type: "loaded", filter: "all", items: [second, first], more: null, first: true } as const;

test("what is heard while a page is under way is newer than the page", () => {
  let inbox = reduceInbox(emptyInbox, { type: "loading" });
  const { htmlContent: _, ...read } = notification("1", { isRead: true, read: true });
  for (const event of [third, read, notification("2", { status: "deleted" })]) inbox = applyNotification(inbox, event);
  inbox = reduceInbox(inbox, page);
  expect(inboxItems(inbox, "all")).toEqual([third, { ...read, htmlContent: first.htmlContent }]);
  expect(inbox).toMatchObject({ loads: 0, heard: {} });
});

test("a page that came after all that was heard is taken as it is", () => {
  const before = applyNotification(emptyInbox, notification("1", { isRead: true }));
  const failed = reduceInbox(reduceInbox(before, { type: "loading" }), { type: "not-loaded" });
  const inbox = reduceInbox(reduceInbox(failed, { type: "loading" }), page);
  expect(inboxItems(inbox, "all")).toEqual([second, first]);
});

test("what is read in the list of unread ones stays there while it is kept, until it is put away", () => {
  let inbox = reduceInbox(emptyInbox, { ...page, filter: "unread" });
  const read = { ...second, isRead: true, read: true };
  inbox = applyNotification(inbox, read);
  const kept = [second.id];
  expect(inboxItems(inbox, "unread")).toEqual([first]);
  expect(inboxItems(inbox, "unread", { kept })).toEqual([read, first]);
  inbox = applyNotification(inbox, { ...read, archivedAt: second.createdAt });
  expect(inboxItems(inbox, "unread", { kept })).toEqual([first]);
});

test("what is urgent and unread is known whichever list is shown, newest first, until it is put away", () => {
  let inbox = reduceInbox(emptyInbox, { ...page, filter: "archived", items: [] });
  const priority = "Urgent";
  for (const item of [{ ...first, priority }, { ...second, priority }, third] as Notification[])
    inbox = applyNotification(inbox, item);
  const ids = () => urgentItems(inbox).map(({ id }) => id);
  expect(ids()).toEqual(["2", "1"]);
  inbox = applyNotification(inbox, { ...first, priority, isRead: true });
  expect(ids()).toEqual(["2"]);
  inbox = reduceInbox(inbox, { type: "leaving", id: "2", leaves: true });
  expect(ids()).toEqual([]);
});
