import { expect, test } from "vitest";
import { fillIn } from "./fill-in.ts";
import { loadPages, loadPrograms, programLine } from "./library.ts";

const pages = [...loadPages().values()];
const guides = pages.flatMap(({ source }) => programLine.exec(source)?.[1] ?? []);

test("every program takes the reader's own address and tenant", () => {
  expect(guides.length).toBeGreaterThan(10);
  for (const guide of guides)
    for (const { label, source } of loadPrograms(guide)) {
      const filled = fillIn(source, { url: "https://chat.example", tenantId: "acme" });
      expect(filled, `${guide}, ${label}`).toContain("https://chat.example");
      expect(filled, `${guide}, ${label}`).toMatch(/PARLEY_TENANT\W{1,8}acme/);
      expect(filled, `${guide}, ${label}`).not.toMatch(/localhost|\bdemo\b/);
    }
});
