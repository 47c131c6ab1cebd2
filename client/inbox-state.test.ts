import { describe, expect, test } from "vitest";
import { applyNotification, emptyInbox, type InboxState, inboxItems, reduceInbox, urgentItems } from "./inbox-state.ts";
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

describe("a change that is under way", () => {
  const change = { isRead: true, readAt: first.createdAt };
  const another = { archivedAt: first.createdAt };
  const begins = (change: Partial<Notification>) => ({ type: "changing", id: "1", change }) as const;
  const loaded = reduceInbox(emptyInbox, page);
  const shown = (inbox: InboxState) => inboxItems(inbox, "all").find(({ id }) => id === "1");

  test("shows over what pages and events say meanwhile, until it ends", () => {
    let inbox = reduceInbox(loaded, begins(change));
    expect(shown(inbox)).toMatchObject(change);
    inbox = reduceInbox(inbox, page);
    expect(shown(inbox)).toMatchObject(change);
    inbox = applyNotification(inbox, notification("1", { subject: "heard" }));
    expect(shown(inbox)).toMatchObject({ ...change, subject: "heard" });
    expect(urgentItems(applyNotification(inbox, notification("1", { priority: "Urgent" })))).toEqual([]);
    inbox = reduceInbox(inbox, { ...begins(change), ends: true });
    expect(shown(inbox)).toMatchObject({ isRead: false, subject: "heard" });
  });

  test("leaves nothing when it ends, be it the first of two or the second", () => {
    const both = [change, another].map(begins).reduce(reduceInbox, loaded);
    expect(shown(both)).toBeUndefined();
    for (const changes of [
      [change, another],
      [another, change],
    ]) {
      const ended = changes.map((one) => ({ ...begins(one), ends: true })).reduce(reduceInbox, both);
      expect(ended).toEqual(loaded);
    }
  });

  test("keeps its notification over a reload that does not list it any more, and brings back none that is gone", () => {
    const under = reduceInbox(loaded, begins(another));
    const reloaded = reduceInbox(under, { type: "reloaded", ids: ["2"] });
    expect(shown(reduceInbox(reloaded, { ...begins(another), ends: true }))).toEqual(first);
    const gone = applyNotification(under, notification("1", { status: "deleted" }));
    expect(shown(reduceInbox(gone, { ...begins(another), ends: true }))).toBeUndefined();
  });
});

describe("the first page once more", () => {
  const older = { ...page, items: [first], more: "before 1", first: false } as const;
  const two = [{ ...page, items: [third, second], more: "before 2" }, older].reduce(reduceInbox, emptyInbox);
  const ids = (inbox: InboxState) => inboxItems(inbox, "all").map(({ id }) => id);

  test("cuts nothing off where it adjoins what was there", () => {
    const again = reduceInbox(two, { ...page, items: [notification("4"), third], more: "before 3" });
    expect(ids(again)).toEqual(["4", "3", "2", "1"]);
    expect(again.views.all).toEqual(two.views.all);
    const all = reduceInbox(reduceInbox(two, { ...older, items: [], more: null }), {
      ...{ ...page, items: [third, second], more: "before 2" },
    });
    expect(ids(all)).toEqual(["3", "2", "1"]);
    expect(all.views.all?.more).toBeNull();
  });

  test("is all that is shown where it does not, or where it was asked for over a gap", () => {
    const far = reduceInbox(two, { ...page, items: [notification("9"), notification("8")], more: "before 8" });
    expect(ids(far)).toEqual(["9", "8"]);
    expect(far.views.all?.more).toBe("before 8");
    const anew = reduceInbox(two, { ...page, items: [third, second], more: "before 2", anew: true });
    expect(ids(anew)).toEqual(["3", "2"]);
    expect(anew.views.all?.more).toBe("before 2");
  });
});
