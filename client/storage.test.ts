import { expect, onTestFinished, test, vi } from "vitest";
import { browserStorage } from "./storage.ts";

test("where the browser forbids its database nothing throws at once", async () => {
  const forbid = () => {
    throw new DOMException("forbidden in this frame", "SecurityError");
  };
  vi.stubGlobal("indexedDB", { open: forbid });
  onTestFinished(() => void vi.unstubAllGlobals());
  const storage = browserStorage();
  const calls = [storage?.entries("a/"), storage?.set("a/b", 1), storage?.delete("a/b")];
  for (const call of calls) await expect(call).rejects.toThrow("forbidden in this frame");
});
