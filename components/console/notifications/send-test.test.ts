import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { TestOutcome } from "./send-test.tsx";

type Of = Parameters<typeof TestOutcome>[0]["delivery"];

test.each<[Of, string, string]>([
  [{ status: "sent", detail: "250 ok" }, "good", "250 ok"],
  [{ status: "caught" }, "good", "the mail is in the catcher"],
  [{ status: "failed", detail: "550 not today" }, "bad", "550 not today"],
  [{ status: "suppressed", detail: "manual" }, "bad", "it is on the list of suppressions. (manual)"],
  [{ status: "not_configured" }, "bad", "No mail server is set, and the catcher is off."],
  [{ status: "queued", detail: "451 come back later" }, "warn", "451 come back later"],
  [{ status: "queued" }, "muted", "Waits to be handed to the mail server."],
  [{ status: "carried_on" as "sent" }, "muted", "carried on</span> This page does not know what that means"],
])("a test mail that is %o shows it in its colour, with words", (delivery, colour, words) => {
  const shown = renderToStaticMarkup(createElement(TestOutcome, { delivery }));
  expect(shown).toContain(` text-${colour} `);
  expect(shown).toContain(words);
});
