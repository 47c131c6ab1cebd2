import type { Browser, Page } from "@playwright/test";
import type { Product } from "../e2e/product.ts";

/** Addresses that are good for this one product alone, and somebody who keeps a connection open. */
export interface Stage {
  invitation: string;
  unsubscribe: string;
  /** Of a webhook: the first one that its endpoint got. */
  delivery: string;
  /** The mail that the demo's catcher keeps. */
  caughtMail: string;
  close(): Promise<void>;
}

interface Found {
  data: { id: string }[];
}

type Signed = Pick<Page, "request" | "url">;

/**
 * Does in the demo what fills its pages: somebody is invited, a mail caught, an address suppressed, a chat exported, and Gita is there.
 * `page` is signed in to the demo's console.
 */
export async function setStage(browser: Browser, page: Page, product: Pick<Product, "url">): Promise<Stage> {
  const call = <T>(operation: string, input: object) => callOperation<T>(page, operation, input);
  await call("suppressions.add", { address: "rui@left.example" });
  const { link } = await call<{ link: string }>("operators.invite", {
    email: "nuno@lighthouse.example",
    role: "support",
  });
  const { data: chats } = await askOperation<{ data: { id: string; name: string }[] }>(page, "adminChats.list", {});
  await call("adminChats.export", { chatId: chats.find(({ name }) => name === "Lobby")?.id });
  await call("notifications.create", {
    ...{ userId: "duarte", type: "Delay", subject: "The 9:10 leaves ten minutes late" },
    ...{ message: "Fog on the river. The 9:10 to Barreiro leaves at 9:20.", idempotencyKey: crypto.randomUUID() },
  });
  const context = await browser.newContext({ baseURL: product.url });
  const gita = await context.newPage();
  await gita.goto("/chat/demo?as=gita");
  await gita.getByText("Live", { exact: true }).first().waitFor();
  const mail = await findMail(page);
  const { data: endpoints } = await askOperation<Found>(page, "webhooks.list", {});
  const [endpoint] = endpoints;
  const { data: deliveries } = await askOperation<Found>(page, "webhooks.listDeliveries", {
    webhookId: endpoint?.id,
    status: "delivered",
  });
  return {
    invitation: new URL(link).pathname,
    unsubscribe: new URL(mail.link).pathname,
    delivery: `/t/demo/webhooks/${endpoint?.id}/deliveries/${deliveries[0]?.id}`,
    caughtMail: mail.id,
    close: () => context.close(),
  };
}

/** The first mail of the catcher: it comes from a worker. Asks until it is there. */
async function findMail(page: Page): Promise<{ id: string; link: string }> {
  for (;;) {
    const { data } = await askOperation<Found>(page, "mail.listCaught", {});
    const [first] = data;
    if (first) {
      const { text } = await askOperation<{ text: string }>(page, "mail.getCaught", { mailId: first.id });
      return { id: first.id, link: /http\S+\/u\/\S+/.exec(text)?.[0] ?? "" };
    }
    await page.waitForTimeout(300);
  }
}

/** A query of the catalogue as whoever is signed in, in the demo. */
export async function askOperation<T>(page: Signed, operation: string, input: object): Promise<T> {
  const query = encodeURIComponent(JSON.stringify(input));
  const answer = await page.request.get(`/api/trpc/${operation}?input=${query}`, { headers: headersOf(page) });
  return readAnswer<T>(operation, answer);
}

async function callOperation<T>(page: Signed, operation: string, input: object): Promise<T> {
  const answer = await page.request.post(`/api/trpc/${operation}`, { headers: headersOf(page), data: input });
  return readAnswer<T>(operation, answer);
}

function headersOf(page: Signed): Record<string, string> {
  return { "x-tenant-id": "demo", origin: new URL(page.url()).origin };
}

async function readAnswer<T>(operation: string, answer: Awaited<ReturnType<Page["request"]["get"]>>): Promise<T> {
  if (!answer.ok()) throw new Error(`${operation} was answered with ${answer.status()}: ${await answer.text()}`);
  const { result } = (await answer.json()) as { result: { data: T } };
  return result.data;
}

/** Makes the installation's owner by the link that its first start printed. */
export async function claimInstallation(url: string, claim: string): Promise<{ email: string; password: string }> {
  const owner = { email: "olga@parley.example", password: "a password that is long" };
  const token = new URL(claim).searchParams.get("claim");
  const answer = await fetch(`${url}/api/console/sign-up`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ ...owner, tenant: "pilots", tenantName: "Pilot Office", claim: token }),
  });
  if (!answer.ok) throw new Error(`The claim was answered with ${answer.status}: ${await answer.text()}`);
  return owner;
}
