import { expect, onTestFinished, test } from "vitest";
import { type Moods, startMailServer } from "../../testing/mail-server.ts";
import { sharedServer } from "./outlet.ts";
import { SmtpLine } from "./smtp.ts";
import { Turnstile } from "./turnstile.ts";

const waits = { connection: 10_000, greeting: 10_000, socket: 500, text: 30_000 };

async function lineTo(moods: Moods, options: Parameters<typeof startMailServer>[1] = {}, name?: string) {
  const server = await startMailServer(moods, options);
  const line = new SmtpLine({ host: "127.0.0.1", port: server.port, security: "none", guarded: false, name }, waits);
  onTestFinished(async () => {
    line.close();
    await server.close();
  });
  const envelope = { from: "news@acme.example", to: "ada@example.com" };
  const send = () => line.send(envelope, Buffer.from("Subject: Late\r\n\r\nTen minutes\r\n"), new Turnstile().turn());
  return { server, send };
}

test("a server that takes long to accept a text is waited for: given up, the mail would be sent again", async () => {
  const { server, send } = await lineTo({
    data: (_mail, { take, answer }) => {
      take();
      setTimeout(() => answer(null), 3 * waits.socket);
    },
  });
  expect((await send()).words).toMatch(/^250/u);
  expect(server.mails).toHaveLength(1);
});

test("one that is silent before the text is given up, the first time and after a mail", async () => {
  let asked = 0;
  const onMailFrom = (_address: unknown, _session: unknown, answer: () => void) => {
    if (++asked === 1) answer();
  };
  const { send } = await lineTo({}, { onMailFrom });
  await send();
  for (let again = 0; again < 2; again++) await expect(send()).rejects.toMatchObject({ code: "ETIMEDOUT" });
});

test("a server is greeted in the service's name", async () => {
  const names: unknown[] = [];
  const onMailFrom = (_address: unknown, session: { hostNameAppearsAs: unknown }, answer: () => void) => {
    names.push(session.hostNameAppearsAs);
    answer();
  };
  const { send } = await lineTo({}, { onMailFrom }, "chat.example");
  await send();
  expect(names).toEqual(["chat.example"]);
});

test.each([
  ["https://chat.example/parley", "chat.example"],
  ["http://localhost:3000", undefined],
  ["http://192.0.2.1:3000", undefined],
  ["http://[2001:db8::1]:3000", undefined],
])("where the service is at %s that is %s", (baseUrl, name) => {
  const mail = { url: "smtp://mail.example", from: "Parley <p@example.org>" };
  expect(sharedServer({ baseUrl, mail } as Parameters<typeof sharedServer>[0])?.name).toBe(name);
});
