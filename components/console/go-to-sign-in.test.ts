import { afterEach, expect, test, vi } from "vitest";
import { signInAddress } from "./go-to-sign-in.tsx";
import { ownPath } from "./own-path.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("signing in leads back to the part of the page that was open", () => {
  const location = new URL("https://parley.example/t/acme/settings?a=1&b=2#origins");
  vi.stubGlobal("window", { location });
  const { pathname, searchParams, hash } = new URL(signInAddress(), location);
  expect([pathname, hash]).toEqual(["/sign-in", ""]);
  expect(ownPath(searchParams.get("next") ?? undefined)).toBe("/t/acme/settings?a=1&b=2#origins");
});
