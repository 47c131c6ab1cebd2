import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A mail as a server took it. */
export interface TakenMail {
  to: string;
  from: string;
  messageId: string;
  raw: Buffer;
  parse(): Promise<ParsedMail>;
}

export interface MailServer {
  port: number;
  /** `smtp://127.0.0.1:port` */
  url: string;
  /** In the order in which they were taken. */
  mails: TakenMail[];
  /** Connections made until now. */
  connections: number;
  close(): Promise<void>;
}

type Answer = (error?: Error | null, words?: string) => void;

/** What a server does instead of taking a mail. */
export interface Moods {
  /** At RCPT TO: an error with `responseCode` is what the server answers; nothing lets it pass. */
  recipient?(address: string): Error | undefined;
  /** When the text is there: call `take` to keep the mail, `answer` to say so, use the socket to do worse. */
  data?(mail: TakenMail, how: { take(): void; answer: Answer; socket: Socket }): void;
  /** At the greeting. */
  connect?(answer: (error?: Error) => void): void;
}

/** A real SMTP server on a free port. */
export async function startMailServer(moods: Moods = {}, options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: TakenMail[] = [];
  const sockets = new Set<Socket>();
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: options.onAuth ? [] : ["AUTH"],
    hideSTARTTLS: true,
    logger: false,
    onConnect: (_session, answer) => {
      server.connections++;
      if (moods.connect) moods.connect(answer);
      else answer();
    },
    onRcptTo: ({ address }, _session, answer) => answer(moods.recipient?.(address)),
    onData: (stream, session, answer) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks);
        const mail: TakenMail = {
          to: session.envelope.rcptTo.map(({ address }) => address).join(),
          from: (session.envelope.mailFrom || { address: "" }).address,
          messageId: /^message-id: (.*)$/im.exec(raw.toString("latin1"))?.[1]?.trim() ?? "",
          raw,
          parse: () => simpleParser(raw),
        };
        const take = () => void mails.push(mail);
        const socket = socketOf(smtp, session.id);
        if (moods.data) moods.data(mail, { take, answer: answer as Answer, socket });
        else {
          take();
          answer(null);
        }
      });
    },
    ...options,
  });
  smtp.on("error", () => {}); // connections that are cut
  smtp.server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  smtp.listen(0, "127.0.0.1");
  await once(smtp.server, "listening");
  const { port } = smtp.server.address() as AddressInfo;
  const server: MailServer = {
    port,
    url: `smtp://127.0.0.1:${port}`,
    mails,
    connections: 0,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
    },
  };
  return server;
}

function socketOf(smtp: SMTPServer, sessionId: string): Socket {
  const { connections } = smtp as unknown as { connections: Set<{ id: string; _socket: Socket }> };
  for (const connection of connections) if (connection.id === sessionId) return connection._socket;
  throw new Error("the connection is gone");
}

/** An answer of a mail server. */
export function smtpError(responseCode: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode });
}
