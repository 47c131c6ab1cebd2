import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { TryIt } from "./try-it.tsx";

test("a call that goes by the session of the console is offered no credential, and no command that lacks it", () => {
  const about = { method: "GET", path: "/api/console/account", parameters: [], body: undefined, tenantId: "demo" };
  const form = (session: boolean) => renderToStaticMarkup(createElement(TryIt, { ...about, demo: false, session }));
  for (const words of ["Call with", "Token", "curl"]) {
    expect(form(false)).toContain(words);
    expect(form(true)).not.toContain(words);
  }
  expect(form(true)).toContain("your session in the console");
});
