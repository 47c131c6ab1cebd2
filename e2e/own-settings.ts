import { expect } from "./journey.ts";
import type { OwnTenant } from "./own-tenant.ts";

export interface Delivery {
  channel: string;
  status: string;
  rule?: string;
  heldUntil?: string;
}

interface Caught {
  html: string;
  text: string;
  subject: string;
}

/** What journeys of a tenant's settings do with the page, and look at outside. */
export interface OwnSettings {
  /** Fills what is named, presses the section's button, and waits for the service's word. */
  save(section: string, fields: Record<string, string | boolean>): Promise<void>;
  /** Tells ada something; returns its id. */
  notify(more?: object): Promise<string>;
  /** What was decided of a notification's mail. */
  mailOf(id: string): Promise<Delivery>;
  caught(subject: string | RegExp): Promise<Caught>;
}

export function settingsOf(own: OwnTenant): OwnSettings {
  const decided = async (id: string) => {
    const { body } = await own.call<{ data: Delivery[] }>("GET", `/Notifications/${id}/deliveries`);
    return body.data.find(({ channel, status }) => channel === "email" && status !== "queued");
  };
  const find = async (subject: string | RegExp) => {
    const { body } = await own.call<{ data: { id: string; subject: string }[] }>("GET", "/admin/mail/caught");
    return body.data.find((mail) => mail.subject.match(subject))?.id;
  };
  return {
    save: (section, fields) => save(own, section, fields),
    notify: async (more = {}) => {
      const content = { userId: "ada", subject: "The ferry is late", message: "By ten minutes.", ...more };
      return (await own.call<{ id: string }>("POST", "/Notifications", content)).body.id;
    },
    mailOf: async (id) => {
      await expect.poll(() => decided(id)).toBeDefined();
      return (await decided(id)) as Delivery;
    },
    caught: async (subject) => {
      await expect.poll(() => find(subject)).toBeDefined();
      return (await own.call<Caught>("GET", `/admin/mail/caught/${await find(subject)}`)).body;
    },
  };
}

async function save({ page }: OwnTenant, section: string, fields: Record<string, string | boolean>): Promise<void> {
  const region = page.getByRole("region", { name: section, exact: true });
  for (const [label, value] of Object.entries(fields)) {
    const control = region.getByLabel(label, { exact: true });
    if (typeof value === "boolean") await control.setChecked(value);
    else if ((await control.evaluate((element) => element.tagName)) === "SELECT") await control.selectOption(value);
    else await control.fill(value);
  }
  const done = page.waitForResponse(
    (response) => response.url().includes("update") && response.request().method() === "POST",
  );
  await region.getByRole("button", { name: `Save ${section.toLowerCase()}` }).click();
  expect((await done).status()).toBe(200);
}
