import { expectNoFault } from "./accessible.ts";
import { expect, pick, test } from "./journey.ts";
import { makeOwnTenant, type OwnTenant, openAs } from "./own-tenant.ts";

let own: OwnTenant;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "crew");
});
test.afterAll(async () => {
  expect(own.noise).toEqual([]);
  await own.close();
});

test("an operator's role counts at once, the tenant is passed on, and who is taken out sees nothing of it", async ({
  browser,
}) => {
  const { page, tenantId } = own;
  const otto = await openAs(browser, own, "support");
  const who = `support-${tenantId}@owners.example`;
  /** What becomes of an operation that changes something, asked for by his browser. */
  const attempt = async () => {
    const { status, text } = await otto.evaluate(
      async ({ tenantId }) => {
        const headers = { "content-type": "application/json", "x-tenant-id": tenantId };
        const sent = { method: "POST", headers, body: JSON.stringify({ topicId: "crew" }) };
        const response = await fetch("/api/trpc/topics.put", sent);
        return { status: response.status, text: await response.text() };
      },
      { tenantId },
    );
    return status === 200 ? 200 : JSON.parse(text).error.data.problem.code;
  };
  const act = (of: string, item: string) => pick(page.getByRole("button", { name: `Actions of ${of}` }), item);
  const row = page.getByRole("table", { name: "Operators" }).getByRole("row").filter({ hasText: who });
  expect(await attempt()).toBe("forbidden");

  await own.open("/operators");
  await act(who, "Change role");
  const dialog = page.getByRole("dialog", { name: `Role of ${who}` });
  await dialog.getByRole("radio", { name: /^admin/u }).check();
  await expectNoFault(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(row.getByRole("cell", { name: "admin", exact: true })).toBeVisible();
  expect(await attempt()).toBe(200);

  await act(who, "Make the owner");
  await page.getByRole("alertdialog").getByRole("button", { name: "Make the owner" }).click();
  await expect(row.getByRole("cell", { name: "owner", exact: true })).toBeVisible();
  // Its first owner is an admin now, to whom the owner may do this.
  const first = `${tenantId}@owners.example`;
  await act(first, "Leave");
  const leaving = page.getByRole("alertdialog", { name: "Leave this tenant?" });
  await leaving.getByRole("button", { name: "Cancel" }).click();
  await expect(leaving).toHaveCount(0);
  await page.goto("about:blank"); // what a page asks every few seconds would be refused from now on
  await otto.goto(`/t/${tenantId}/operators`);
  await pick(otto.getByRole("button", { name: `Actions of ${first}` }), "Remove");
  await otto.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(otto.getByText(`${first} is out`).first()).toBeVisible();
  await page.goto(`/t/${tenantId}`);
  await expect(page.getByRole("heading", { name: "Not one of your tenants" })).toBeVisible();
  await otto.context().close();
});
