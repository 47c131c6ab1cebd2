import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { inkOn } from "../../../emails/brand.ts";
import { renderSamples } from "../../../emails/samples.ts";
import { mintTenantId } from "../../auth/principal.ts";
import { readPostmarkReport, readSesReport } from "../../domain/mail/read-bounce.ts";
import type { MailSettings } from "../../persistence/generated/client.ts";
import { composeMail, type Sender } from "./compose.tsx";
import type { ClaimedMail } from "./mail-store.ts";
import { linksOf, senderOf } from "./outlet.ts";

const brand = { name: "Lighthouse Ferries", colour: "#0b6b62" };
const sender: Sender = {
  tenantId: "ferries",
  brand,
  from: { name: "Lighthouse, Ferries", address: "news@ferries.example" },
  host: "chat.example",
};
const links = { open: "https://chat.example/inbox/demo", unsubscribe: "https://chat.example/u/demo.abc.def" };

const base: ClaimedMail = {
  id: "0190a000-0000-7000-8000-000000000001",
  userId: "ada",
  kind: "notification",
  type: "Delay",
  subject: "Delay",
  address: "ada@example.com",
  mail: null,
  round: 0,
  attempts: 1,
  number: 1,
  createdAt: "2026-11-26T08:00:00Z",
  notificationId: "0190a000-0000-7000-8000-000000000002",
  older: false,
  notification: {
    subject: "The 9:40 is late\r\nBcc: everybody@example.com",
    message: "It leaves at ten.\nPlease wait at pier 4.",
    mailText: null,
    htmlContent: null,
    summary: null,
    readAt: null,
    archivedAt: null,
    snoozedUntil: null,
    expiresAt: null,
  },
  suppressed: null,
  stale: false,
  mayUnsubscribe: true,
};

const nasty =
  '<p>It leaves at <b>ten</b>. <a href="https://ferries.example/4">Pier 4</a></p><script>alert(1)</script>' +
  '<img src="x" onerror="alert(1)"><a href="javascript:alert(1)">x</a><iframe src="https://evil.example"></iframe><style>*{display:none}</style>';

const at = "Thursday 09:12";
const mails: Record<string, ClaimedMail> = {
  notification: base,
  html: { ...base, notification: { ...base.notification!, subject: "The 9:40 is late", htmlContent: nasty } },
  digest: {
    ...base,
    kind: "digest",
    subject: "Your morning at Lighthouse Ferries",
    notification: null,
    mail: {
      title: "Your morning at Lighthouse Ferries",
      items: [
        { subject: "Pier 4 is closed", message: "Until noon.\nPier 5 is open.", at },
        { subject: "New timetable", message: "From Monday on.", at },
      ],
      more: 3,
    },
  },
  away: {
    ...base,
    kind: "away",
    subject: "3 new messages in Boat crew",
    notification: null,
    mail: {
      chatName: "Boat crew",
      count: 3,
      messages: [{ sender: "Ben <script>alert(1)</script>", text: "Where are you?\nWe cast off.", at }],
      url: "https://chat.example/chat/demo",
    },
  },
};

const written = await Promise.all(
  Object.entries(mails).map(async ([name, mail]) => ({
    name,
    parsed: await simpleParser(await composeMail(mail, sender, links)),
  })),
);

test("a mail about unread messages says of how many, and of whom, what its subject says", async () => {
  const away = { ...mails.away!, subject: "100 or more unread messages from Ben" };
  const mail = { ...(away.mail as object), chatName: "Ben", count: 100 };
  const { text = "" } = await simpleParser(await composeMail({ ...away, mail }, sender, links));
  expect(text.match(/.*unread.*|.*\bmore\b.*|.* in Ben.*/g)).toEqual([away.subject, "and more"]);
});

test.each(written)("$name has both parts, its links, its headers, and nothing that runs", ({ parsed }) => {
  expect(parsed.text?.trim()).toBeTruthy();
  const html = String(parsed.html);
  expect(html).toContain("Lighthouse Ferries");
  expect(html).toContain(brand.colour);
  expect(html).toMatch(/prefers-color-scheme: dark/);
  expect(html.replace(/<!--[\s\S]*?-->/g, "")).not.toMatch(/<script|<iframe|onerror=|javascript:|alert\(1\)(?!&lt;)/i);
  expect(html).toContain(links.unsubscribe);
  expect(parsed.text).toContain(links.unsubscribe);
  expect(parsed.to).toMatchObject({ value: [{ address: "ada@example.com" }] });
  expect(parsed.bcc).toBeUndefined();
  expect(parsed.from?.value).toEqual([{ name: "Lighthouse, Ferries", address: "news@ferries.example" }]);
  expect(parsed.messageId).toBe(`<${base.id}@chat.example>`);
  const header = (name: string) => parsed.headerLines.find(({ key }) => key === name)?.line.replace(/\r?\n\s+/g, " ");
  expect(header("list-unsubscribe")).toBe(`List-Unsubscribe: <${links.unsubscribe}>`);
  expect(header("list-unsubscribe-post")).toBe("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
  expect(header("auto-submitted")).toBe("Auto-Submitted: auto-generated");
});

test("a mail about a chat leads to the first message that was not read, every other one to the inbox", () => {
  const config = { baseUrl: "https://chat.example", authSecret: "a secret of tests, long enough to be one" };
  const openOf = (mail: ClaimedMail) => linksOf(config, mintTenantId("demo"), mail).open;
  const chat = { id: "0190a000-0000-7000-8000-000000000003", seq: 12 };
  expect(openOf({ ...base, kind: "away", mail: { chat } })).toBe(
    "https://chat.example/chat/demo?chat=0190a000-0000-7000-8000-000000000003&seq=12",
  );
  expect(openOf(base)).toBe("https://chat.example/inbox/demo");
});

test("what is said as text is the text part, and HTML keeps what is harmless", () => {
  const [, html] = written;
  expect(html?.parsed.text).toContain("It leaves at ten.\nPlease wait at pier 4.");
  expect(String(html?.parsed.html)).toContain("<b>ten</b>");
  expect(String(html?.parsed.html)).toContain('href="https://ferries.example/4"');
});

test("a text part keeps the lines of what people wrote, and ends with where to go and a foot that programs fold", () => {
  const textOf = (name: string) => written.find((one) => one.name === name)?.parsed.text ?? "";
  const foot = `\n-- \nUnsubscribe or choose what you get: ${links.unsubscribe}\nSent by Lighthouse Ferries\n`;
  expect(textOf("away")).toBe(
    `3 new messages in Boat crew\n\nBen <script>alert(1)</script> · ${at}\nWhere are you?\nWe cast off.\n\n` +
      `and 2 more\n\nOpen the chat: https://chat.example/chat/demo\n${foot}`,
  );
  expect(textOf("digest")).toBe(
    `Your morning at Lighthouse Ferries\n\nPier 4 is closed\nUntil noon.\nPier 5 is open.\n${at}\n\n` +
      `New timetable\nFrom Monday on.\n${at}\n\nand 3 more\n\nOpen the inbox: ${links.open}\n${foot}`,
  );
});

test("mail that is not to be unsubscribed says nothing of it; asked for again it is another mail", async () => {
  const raw = (await composeMail({ ...base, round: 2 }, sender, {})).toString();
  expect(raw).not.toMatch(/unsubscribe/i);
  expect(raw).toContain(`<${base.id}.2@chat.example>`);
});

test("invitation, sign-in link and password link lead where they say, in both parts", async () => {
  const links = { invitation: "invite/abc", "sign-in": "sign-in?link=abc", reset: "reset?token=abc" };
  const samples = await renderSamples(brand);
  for (const [name, path] of Object.entries(links)) {
    const mail = samples.find((one) => one.name === name);
    expect(mail?.html).toContain(`href="https://chat.example/${path}"`);
    expect(mail?.text).toContain(`https://chat.example/${path}`);
  }
});

test("a tenant's branding dresses each mail: its logo or its name on top, its colour on the card and the button", async () => {
  const branding = { name: "Ferries & Co", logoUrl: "https://ferries.example/logo.png", colour: "#ffd400" };
  const config = { mail: { from: "Parley <parley@chat.example>" }, baseUrl: "https://chat.example" };
  const dressed = (branding: object) =>
    senderOf(config, { id: "ferries", name: "ferries", settings: { branding } }, null);
  const mailed = async (sender: Sender) => {
    const raw = await Promise.all(Object.values(mails).map((mail) => composeMail(mail, sender, links)));
    const parsed = await Promise.all(raw.map((one) => simpleParser(one)));
    const samples = await renderSamples(sender.brand);
    return [...parsed.map(({ html }) => String(html)), ...samples.map(({ html }) => html)];
  };
  for (const html of await mailed(dressed(branding))) {
    const [logo = "", ...others] =
      html.match(/<img[^>]*>/g)?.filter((tag) => tag.includes("ferries.example/logo")) ?? [];
    expect(others).toEqual([]);
    expect(logo).toContain('alt="Ferries &amp; Co"');
    expect(logo).toContain('src="https://ferries.example/logo.png"');
    expect(html).toContain("border-top:4px solid #ffd400");
    expect(html).toMatch(/<a[^>]*background-color:#ffd400;color:#000000/);
    expect(html).toContain("Sent by <!-- -->Ferries &amp; Co");
  }
  for (const html of await mailed(dressed({ ...branding, logoUrl: undefined }))) {
    expect(html).not.toContain("logo.png");
    expect(html).toMatch(/<p class="ink"[^>]*font-weight:600[^>]*>Ferries &amp; Co<\/p>/);
  }
});

test("a tenant's own address sends by its own server alone; by the one that all share it gets the replies", async () => {
  const mail = { url: "smtp://relay.chat.example", from: "Parley <parley@chat.example>" };
  const config = { mail, baseUrl: "https://chat.example" };
  const settings = { host: null, fromAddress: "ceo@globex.example", fromName: "Ferries", replyTo: null };
  const sentBy = (changes: Partial<MailSettings>, url: string | undefined = mail.url) => {
    const all = { ...settings, ...changes } as MailSettings;
    return senderOf({ ...config, mail: { ...mail, url } }, { id: "ferries", name: "ferries", settings: {} }, all);
  };
  const shared = { from: { name: "Ferries", address: "parley@chat.example" } };
  expect(sentBy({})).toMatchObject({ ...shared, replyTo: "ceo@globex.example" });
  expect(sentBy({ replyTo: "help@ferries.example" })).toMatchObject({ ...shared, replyTo: "help@ferries.example" });
  const own = { from: { name: "Ferries", address: "ceo@globex.example" }, replyTo: undefined };
  expect(sentBy({ host: "smtp.globex.example" })).toMatchObject(own);
  // Few servers take another form of it than this one.
  const abroad = sentBy({ host: "smtp.bücher.example", fromAddress: "news@bücher.example" });
  expect(abroad.from.address).toBe("news@xn--bcher-kva.example");
  const { headers } = await simpleParser(await composeMail(base, sentBy({}), links));
  expect(headers.get("from")).toMatchObject({ text: '"Ferries" <parley@chat.example>' });
  expect(headers.get("reply-to")).toMatchObject({ text: "ceo@globex.example" });
});

test("HTML that brings colours of its own keeps the light ground it was written for, other HTML goes with the reader's", async () => {
  const samples = await renderSamples(brand);
  const classOf = (name: string) =>
    /class="(content [a-z]+)"/.exec(samples.find((one) => one.name === name)?.html ?? "")?.[1];
  expect([classOf("coloured"), classOf("html")]).toEqual(["content paper", "content ink"]);
});

test("what a list of mails shows beside the subject ends in no half character", async () => {
  const message = `${"x".repeat(139)}🚢${"y".repeat(100)}`;
  const chat = { ...base, notification: null, kind: "away" as const, subject: "1 unread message" };
  const summary = "🚢".repeat(300);
  for (const mail of [
    { ...base, notification: { ...base.notification!, message } },
    { ...base, notification: { ...base.notification!, summary: `x${summary}` } },
    { ...chat, mail: { title: "Crew", count: 1, messages: [{ sender: "Ben", text: `x${summary}`, at }] } },
  ]) {
    const { html } = await simpleParser(await composeMail(mail, sender, links));
    expect(html).not.toContain("\ufffd");
  }
});

test("what people wrote stands in the direction of its own script", async () => {
  const samples = await renderSamples(brand);
  const htmlOf = (name: string) => samples.find((one) => one.name === name)?.html ?? "";
  const written = {
    notification: ["The 9:40 from Montijo is late", "It leaves at ten"],
    html: ["<h2>It leaves at"],
    digest: ["The 9:40 from Montijo is late", "From Monday on"],
    away: ["Where are you"],
  };
  for (const [name, all] of Object.entries(written))
    for (const text of all) expect(htmlOf(name)).toMatch(new RegExp(`<(p|div)[^>]* dir="auto"[^>]*>${text}`));
});

test("a button's words read on any colour", () => {
  expect([inkOn("#0b6b62"), inkOn("#ffd400"), inkOn("#ffffff"), inkOn("#000000")]).toEqual([
    "#ffffff",
    "#000000",
    "#000000",
    "#ffffff",
  ]);
});

test("a bounce leads back to its mail: by Postmark's metadata, by the tags of SES, by our own header", async () => {
  const raw = await composeMail(base, sender, links);
  const { headers } = await simpleParser(raw);
  const bounce = { recordType: "Bounce", type: "HardBounce", email: "ada@example.com" };
  // What a mail is sent with as X-PM-Metadata-{name} is told as Metadata.{name}, in whatever letters.
  const sent = [...raw.toString().matchAll(/^X-PM-Metadata-([\w-]+): (.*)\r$/gim)];
  const named = { deliveryId: base.id, tenantId: "ferries" };
  for (const written of [(name: string) => name, (name: string) => name.toLowerCase()]) {
    const metadata = Object.fromEntries(sent.map(([, name = "", value]) => [written(name), value]));
    expect(readPostmarkReport({ ...bounce, metadata })).toMatchObject(named);
  }
  const tags = Object.fromEntries(
    String(headers.get("x-ses-message-tags"))
      .split(",")
      .map((tag) => tag.trim().split("="))
      .map(([name, value]) => [name, [value]]),
  );
  const told = { eventType: "Bounce", bounce: { bounceType: "Permanent", bouncedRecipients: [] } };
  expect(readSesReport(JSON.stringify({ ...told, mail: { tags } }))).toMatchObject(named);
  const shown = ["X-Parley-Delivery", "X-Parley-Tenant"].map((name) => ({
    name,
    value: headers.get(name.toLowerCase()),
  }));
  expect(readSesReport(JSON.stringify({ ...told, mail: { headers: shown } }))).toMatchObject(named);
});
