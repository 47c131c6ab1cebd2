import dns from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";
import { createServer } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Moods, smtpError, startMailServer } from "../../testing/mail-server.ts";
import { asNamed, publicAddresses } from "./addresses.ts";
import { sharedServer } from "./outlet.ts";
import { SmtpLine, type SmtpServer } from "./smtp.ts";
import { Turnstile } from "./turnstile.ts";

const waits = { connection: 10_000, greeting: 10_000, socket: 500, text: 30_000 };

interface How {
  name?: string;
  addresses?: SmtpServer["addresses"];
  /** Its wait, where the usual one might be too short for a busy machine. */
  socket?: number;
}

async function lineTo(moods: Moods, options: Parameters<typeof startMailServer>[1] = {}, { socket, ...how }: How = {}) {
  const server = await startMailServer(moods, options);
  const { port } = server;
  const line = new SmtpLine(
    { host: "127.0.0.1", port, security: "none", addresses: asNamed, ...how },
    {
      ...waits,
      ...(socket ? { socket } : {}),
    },
  );
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
  const { send } = await lineTo({}, { onMailFrom }, { name: "chat.example" });
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

test("of a server at several addresses one that refuses is passed over, and so is one that is silent", async () => {
  const addresses = ["127.0.0.2", "127.0.0.3", "127.0.0.1"];
  const { server, send } = await lineTo({}, {}, { addresses: async () => [...addresses], socket: 3_000 });
  const silent = createServer();
  onTestFinished(() => void silent.close());
  await new Promise<void>((resolve) => silent.listen(server.port, "127.0.0.3", resolve));
  await send();
  expect(server.mails).toHaveLength(1);
});

test("what a server answers is its word at all of its addresses", async () => {
  const { server, send } = await lineTo(
    {
      connect: (answer) => answer(smtpError(554, "no service here")),
    },
    {},
    { addresses: async () => ["127.0.0.1", "127.0.0.1"] },
  );
  await expect(send()).rejects.toMatchObject({ responseCode: 554 });
  expect(server.connections).toBe(1);
});

test("of a name that is at a private address as well none is asked", async () => {
  const names: Record<string, string[]> = {
    "good.example": ["192.88.98.1", "2a00::1"],
    "bad.example": ["2a00::1", "10.0.0.1"],
    "odd.example": ["2a00::1", "::ffff:127.0.0.1"],
  };
  const answer = async (name: string) => (names[name] ?? []).map((address) => ({ address }));
  const spy = vi.spyOn(dns, "lookup").mockImplementation(answer as never);
  syncBuiltinESMExports();
  onTestFinished(() => {
    spy.mockRestore();
    syncBuiltinESMExports();
  });
  expect(await publicAddresses("good.example")).toEqual(names["good.example"]);
  for (const name of ["bad.example", "odd.example"])
    await expect(publicAddresses(name)).rejects.toThrow("is no public address");
});
