import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { completeConfig, draftConfig } from "../config/config.ts";
import { readEnv } from "../config/env.ts";
import { welcome } from "./welcome.ts";

const said = (variables: Record<string, string>) => {
  const dataDir = mkdtempSync(join(tmpdir(), "parley-welcome-"));
  const env = { DATA_DIR: dataDir, SEED: "demo", ...variables };
  const config = completeConfig(draftConfig(readEnv(env as unknown as NodeJS.ProcessEnv)), "x".repeat(40), {
    ownerUrl: "",
    runtimeUrl: "",
    embedded: true,
  });
  if (config.roles.has("api")) writeFileSync(join(dataDir, "demo.json"), '{"tenantId": "demo"}');
  return welcome({ config, seconds: "1.0", running: ["x"] });
};

test("a node that makes the demo says how to try it, and one that does not says nothing of it", () => {
  expect(said({})).toMatch(/Try {4}curl -s .*\/tenant\/demo\/v1\/Chat.*\n {2}Keys /);
  expect(said({ ROLES: "worker" })).not.toMatch(/Try|Keys/);
  expect(said({ SEED: "none" })).not.toMatch(/Try|Keys/);
});
