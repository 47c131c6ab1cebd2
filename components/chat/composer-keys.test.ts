import { expect, test } from "vitest";
import { composerAct } from "./composer-keys.ts";

const plain = { altKey: false, shiftKey: false, ctrlKey: false, metaKey: false };
const writing = { isEmpty: false, hasAbout: false, onTouch: false };

test("Enter sends and Shift Enter begins a line; on touch, where there is no Shift Enter, the button sends", () => {
  const enter = { ...plain, key: "Enter" };
  const onTouch = { ...writing, onTouch: true };
  expect(composerAct(enter, writing)).toBe("send");
  expect(composerAct({ ...enter, shiftKey: true }, writing)).toBeUndefined();
  expect(composerAct(enter, onTouch)).toBeUndefined();
  expect(composerAct({ ...enter, ctrlKey: true }, onTouch)).toBe("send");
});

test("Esc gives up what is being answered or corrected, and marks the chat read where nothing is", () => {
  const esc = { ...plain, key: "Escape" };
  expect(composerAct(esc, { ...writing, hasAbout: true })).toBe("cancel");
  expect(composerAct(esc, writing)).toBe("markRead");
});

test("the arrow up is for the last message in an empty box alone", () => {
  const up = { ...plain, key: "ArrowUp" };
  expect(composerAct(up, { ...writing, isEmpty: true })).toBe("editLast");
  expect(composerAct(up, { ...writing, isEmpty: true, hasAbout: true })).toBeUndefined();
  expect(composerAct(up, writing)).toBeUndefined();
  for (const other of ["altKey", "shiftKey", "ctrlKey", "metaKey"])
    expect(composerAct({ ...up, [other]: true }, { ...writing, isEmpty: true }), other).toBeUndefined();
  expect(composerAct({ ...plain, key: "E", shiftKey: true, metaKey: true }, writing)).toBe("emoji");
});
