import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { allOperations } from "../operations.ts";
import { projectRoot } from "../persistence/project-root.ts";
import { scopes } from "./scopes.ts";

test("the guide names every scope, and says of each whether a key has something of it by itself and acting as a user", () => {
  const guide = readFileSync(join(projectRoot(), "docs/guides/authentication.md"), "utf8");
  const said = [...guide.matchAll(/^\| `([a-z:-]+)` \| (.+) \| (.+) \|$/gm)].map(([, scope, alone, asUser]) => ({
    scope,
    alone: alone !== "–",
    asUser: asUser !== "–",
  }));
  const offered = scopes.map((scope) => {
    const callers = new Set(
      allOperations.filter(({ access }) => access.scope === scope).map(({ access }) => access.caller),
    );
    return {
      scope,
      alone: ["key", "admin", "user-or-key"].some((caller) => callers.has(caller as "key")),
      asUser: scope === "act-as" || callers.has("user") || callers.has("user-or-key"),
    };
  });
  expect(said).toEqual(offered);
});
