import { execFile, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { expect, openLiveChat, test } from "./journey.ts";

const run = promisify(execFile);

// What a newcomer does: copy, paste, press Enter. Nothing is edited in between.
test.use({ permissions: ["clipboard-read", "clipboard-write"] });

async function copied(page: Page, tab: string): Promise<string> {
  const section = page.getByRole("region", { name: "Use it from your code" });
  await section.getByRole("tab", { name: tab }).click();
  // What lay there before is not what is copied now.
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await section.getByRole("button", { name: `Copy the ${tab} example` }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).not.toBe("");
  return page.evaluate(() => navigator.clipboard.readText());
}

function inShell(command: string) {
  return run("bash", ["-c", command], { cwd: process.env.PARLEY_E2E_HOME ?? process.cwd() });
}

test("the curl lines, pasted, arrive in both panes", async ({ page }) => {
  const [left, right] = await openLiveChat(page);
  const before = await right.messages.getByText("Hello from curl").count();
  const { stdout } = await inShell(await copied(page, "curl"));
  expect(stdout).toContain('"content":"Hello from curl"');
  for (const { messages } of [left, right]) {
    await expect(messages.getByText("Hello from curl")).toHaveCount(before + 1);
  }
});

test("the TypeScript example, saved and run, hears itself and is heard", async ({ page }, testInfo) => {
  const [, right] = await openLiveChat(page);
  const before = await right.messages.getByText("Hello from Node").count();
  const file = testInfo.outputPath("chat.mjs");
  await writeFile(file, await copied(page, "TypeScript"));
  const program = spawn(process.execPath, [file]);
  try {
    let output = "";
    for (const stream of [program.stdout, program.stderr]) stream.on("data", (chunk) => (output += chunk));
    await expect.poll(() => output).toContain("Hello from Node");
    await expect(right.messages.getByText("Hello from Node")).toHaveCount(before + 1);
  } finally {
    program.kill();
  }
});

test("the back-end lines print a token", async ({ page }) => {
  await openLiveChat(page);
  const { stdout } = await inShell(await copied(page, "Your back end"));
  expect(JSON.parse(stdout)).toMatchObject({ token: expect.any(String), expiresAt: expect.any(String) });
});

test("a person's token is copied whole", async ({ page }) => {
  await openLiveChat(page);
  const button = page.getByRole("button", { name: /^Copy the token of / }).first();
  // Said for two seconds, beside the button: what is in it would become its name.
  const said = button.locator("xpath=following-sibling::*[@role='status']");
  await Promise.all([expect(said).toHaveText("Copied"), button.click()]);
  await expect(button.getByRole("status")).toHaveCount(0);
  const token = await page.evaluate(() => navigator.clipboard.readText());
  const answer = await page.request.get("/tenant/demo/v1/Chat", { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status()).toBe(200);
});
