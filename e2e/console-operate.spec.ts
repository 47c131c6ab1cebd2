import { newId } from "../server/ids.ts";
import { openReceiver } from "../server/testing/webhook-receiver.ts";
import { expect, pick, test } from "./journey.ts";
import { makeOwnTenant, type OwnTenant } from "./own-tenant.ts";

let own: OwnTenant;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "works");
});
test.afterAll(async () => {
  expect(own.noise).toEqual([]);
  await own.close();
});

/** An export that waits, whose job failed for good if `gaveUp`. */
async function makeTask(id: string, subject: string, gaveUp: boolean): Promise<void> {
  const { tenantId } = own;
  await own.sql(
    "insert into tasks (tenant_id, id, kind, subject, started_by) values ($1, $2, 'export-user', $3, 'somebody')",
    [tenantId, id, subject],
  );
  if (!gaveUp) return;
  const payload = JSON.stringify({ tenantId, taskId: id });
  const added = await own.sql<{ id: string }>(
    "select id::text from graphile_worker.add_job('task', $1::json, job_key := $2, run_at := now() + interval '1 day', max_attempts := 1)",
    [payload, `task:${tenantId}:${id}`],
  );
  await own.sql(
    "update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'No such disk' where id = $1::bigint",
    [added[0]?.id],
  );
}

test("a given-up job is tried again or forgotten, and a task that waits is cancelled", async () => {
  const { page } = own;
  const [again, never, waiting] = [newId(), newId(), newId()];
  await own.call("PUT", "/Users/ada", { displayName: "Ada" });
  await makeTask(again, "ada", true);
  const status = async (id: string) => (await own.call<{ status: string }>("GET", `/admin/tasks/${id}`)).body.status;
  await own.open("/jobs");
  await expect(page.getByRole("row", { name: /No such disk/ })).toHaveCount(1);
  await page.getByRole("button", { name: "Try task again" }).click();
  await expect(page.getByText("Nothing was given up")).toBeVisible();
  await expect.poll(() => status(again)).toBe("done");

  await makeTask(never, "ben", true);
  await own.open("/jobs");
  await page.getByRole("button", { name: "Forget task" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Forget it" }).click();
  await expect(page.getByText("Nothing was given up")).toBeVisible();
  expect(await own.sql("select 1 from graphile_worker._private_jobs where payload->>'taskId' = $1", [never])).toEqual(
    [],
  );
  expect(await status(never)).toBe("waiting");

  await makeTask(waiting, "cleo", false);
  await own.open("/tasks");
  const row = page.getByRole("row", { name: /cleo/ });
  await row.getByRole("button", { name: "Cancel" }).click();
  await expect(row.getByText("cancelled", { exact: true })).toBeVisible();
  expect(await status(waiting)).toBe("cancelled");
  await row.getByRole("button", { name: /^Remove/ }).click();
  await expect(row).toHaveCount(0);
  expect((await own.call("GET", `/admin/tasks/${waiting}`)).status).toBe(404);
});

test("a row that one aims at stays where it is when another comes, on the page of tasks and in the inspector", async () => {
  const { page } = own;
  const press = async () => {
    await expect(page.getByText("1 new", { exact: true })).toBeVisible();
    await page.mouse.down();
    await page.mouse.up();
  };
  const [aimed, later] = [newId(), newId()];
  await makeTask(aimed, "dora", false);
  await own.open("/tasks");
  await page.getByRole("row", { name: /dora/ }).getByRole("button", { name: "Cancel" }).hover();
  await makeTask(later, "emma", false);
  await press();
  const statusOf = async (id: string) => (await own.call<{ status: string }>("GET", `/admin/tasks/${id}`)).body.status;
  await expect.poll(() => statusOf(aimed)).toBe("cancelled");
  expect(await statusOf(later)).toBe("waiting");

  const { body: chat } = await own.call<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben"] }, "ada");
  const say = (content: string) => own.call("POST", `/Chat/${chat.id}/messages`, { content }, "ada");
  await own.open("/inspector?view=events&kind=message");
  await expect(page.getByRole("status").getByText("Listening", { exact: true })).toBeVisible();
  await say("Aimed at");
  const row = page.getByRole("table", { name: "Log of events" }).getByRole("row", { name: /Aimed at/ });
  await row.getByRole("button").hover();
  await say("Came later");
  await press();
  await expect(page.getByRole("dialog", { name: "message.created" })).toContainText("Aimed at");
});

test("an endpoint gets what it was changed to, nothing while paused, and nothing once it is deleted", async () => {
  const { page } = own;
  const backend = await openReceiver();
  const add = async (path: string) =>
    (await own.call<{ id: string }>("POST", "/admin/webhooks", { url: backend.url + path })).body.id;
  // Another endpoint gets everything: when it has an event, the changed one would have it too.
  const [webhookId] = [await add("/one"), await add("/every")];
  const { body: chat } = await own.call<{ id: string }>(
    "POST",
    "/Chat",
    { name: "Pier", memberUserIds: ["ben"] },
    "ada",
  );
  const say = async (content: string) => {
    await own.call("POST", `/Chat/${chat.id}/messages`, { content }, "ada");
    await expect.poll(() => heard("/every")).toContain(content);
  };
  const heard = (path: string) => backend.of(path).map(({ body }) => body.data.content ?? body.type);
  await say("Everything");
  await expect.poll(() => heard("/one")).toContain("Everything");

  await own.open(`/webhooks/${webhookId}`);
  const act = (item: string) => pick(page.getByRole("button", { name: "More actions" }), item);
  await act("Edit");
  const dialog = page.getByRole("dialog", { name: "Edit endpoint" });
  await dialog.getByLabel("Address").fill(`${backend.url}/two`);
  await dialog.getByLabel("All, also those of later versions").uncheck();
  await dialog.getByLabel("A chat was changed").check();
  await dialog.getByLabel("Only of one chat (optional)").fill(chat.id);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await say("Not for it");
  await own.call("POST", "/Chat", { name: "Another chat", memberUserIds: ["ben"] }, "ada");
  await own.call("PATCH", `/Chat/${chat.id}`, { name: "Quay" }, "ada");
  await expect.poll(() => heard("/two")).toEqual(["chat.updated"]);
  expect(heard("/one")).not.toContain("Not for it");

  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText("Events wait until you resume it, for as long as they are kept.")).toBeVisible();
  await own.call("PATCH", `/Chat/${chat.id}`, { name: "Jetty" }, "ada");
  await say("After it");
  expect(heard("/two")).toHaveLength(1);
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await expect.poll(() => heard("/two")).toHaveLength(2);

  await act("Delete");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL(`**/t/${own.tenantId}/webhooks`);
  expect((await own.call("GET", `/admin/webhooks/${webhookId}`)).status).toBe(404);
  await own.call("PATCH", `/Chat/${chat.id}`, { name: "Slip" }, "ada");
  await say("And after that");
  expect(heard("/two")).toHaveLength(2);
  await backend.close();
});
