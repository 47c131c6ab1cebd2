import { isIP } from "node:net";
import { Readable } from "node:stream";
import { LRUCache } from "lru-cache";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { clipWords, type SmtpFault } from "../../domain/mail/policy.ts";
import type { Turn } from "./turnstile.ts";

/** A mail server and how to speak to it. */
export interface SmtpServer {
  host: string;
  port: number;
  /** auto: STARTTLS where it is offered. starttls: or not at all. tls: from the start. none: never. */
  security: "auto" | "starttls" | "tls" | "none";
  auth?: { user: string; pass: string } | undefined;
  /** What we greet it as; without it, what this machine is called. */
  name?: string | undefined;
  /** Where the host is: tried one after the other until one answers. */
  addresses(host: string): Promise<string[]>;
}

/** ms */
export interface SmtpWaits {
  connection: number;
  greeting: number;
  /** Silence in the middle. */
  socket: number;
  /** From the text's turn on. Long (RFC 5321, 4.5.3.2.6), because a mail whose acceptance we did not wait for is sent again. */
  text: number;
}

export const smtpWaits: SmtpWaits = { connection: 10_000, greeting: 10_000, socket: 60_000, text: 600_000 };

/** What the server said when it took a mail, and what it calls it. */
export interface Receipt {
  words: string;
  providerId?: string | undefined;
}

interface Envelope {
  from: string;
  to: string;
}

/** What this process has at one server. */
interface AtServer {
  /** Lines, connected or not. */
  lines: number;
  open: number;
  trying: Set<Promise<unknown>>;
  /** When a connection was last made or given up; of performance.now(). */
  worked: number;
}

/** All lines of a process, by server: many tenants may share one. */
export class OpenLines {
  private readonly known = new LRUCache<string, AtServer>({ max: 1000 });

  at({ host, port, auth }: SmtpServer): AtServer {
    const key = JSON.stringify([host, port, auth?.user]);
    const at = this.known.get(key) ?? { lines: 0, open: 0, trying: new Set(), worked: Number.NEGATIVE_INFINITY };
    this.known.set(key, at);
    return at;
  }
}

/** One connection to a mail server, made when it is needed and used for mail after mail until something is wrong. */
export class SmtpLine {
  private connection: SMTPConnection | undefined;
  private readonly server: SmtpServer;
  private readonly waits: SmtpWaits;
  private readonly at: AtServer;
  /** The server let it not in beside others of ours that work: it is full, and in no trouble. */
  crowded = false;

  /** To be closed by whoever makes it. */
  constructor(server: SmtpServer, waits: SmtpWaits, lines = new OpenLines()) {
    this.server = server;
    this.waits = waits;
    this.at = lines.at(server);
    this.at.lines++;
  }

  /**
   * Hands a mail over; returns its receipt. Everything up to the text is said at once, the text when the turn comes. Throws an SmtpFault,
   * after which the connection is a new one.
   */
  async send(envelope: Envelope, raw: Buffer, turn: Turn): Promise<Receipt> {
    try {
      this.connection ??= await this.open();
      const { connection } = this;
      const bear = (ms: number) => (connection._socket || undefined)?.setTimeout(ms);
      const text = inTurn(raw, turn, () => bear(this.waits.text));
      const receipt = await send(connection, { ...envelope, size: raw.length }, Readable.from(text));
      bear(this.waits.socket);
      return receipt;
    } catch (error) {
      this.connection?.close();
      this.forget();
      throw error;
    }
  }

  close(): void {
    this.connection?.quit();
    this.forget();
    this.at.lines--;
  }

  private forget(): void {
    if (!this.connection) return;
    this.connection = undefined;
    this.at.open--;
    this.at.worked = performance.now();
  }

  private async open(): Promise<SMTPConnection> {
    const { at } = this;
    const began = performance.now();
    const trying = this.connect();
    at.trying.add(trying);
    try {
      const connection = await trying;
      at.open++;
      at.worked = performance.now();
      return connection;
    } catch (error) {
      at.trying.delete(trying);
      if (isFull(error as SmtpFault)) {
        await Promise.allSettled(at.trying); // whoever is let in says that the server works
        this.crowded = at.open > 0 || at.worked >= began;
      }
      throw error;
    } finally {
      at.trying.delete(trying);
    }
  }

  /** Asks at one address of the server after the other until one works: each has its share of the time. */
  private async connect(): Promise<SMTPConnection> {
    const { host, addresses } = this.server;
    const until = performance.now() + this.waits.connection + this.waits.greeting;
    const left = await addresses(host);
    for (let address = left.shift(); address !== undefined; address = left.shift()) {
      const share = Math.max((until - performance.now()) / (left.length + 1), 1);
      try {
        return await this.connectTo(address, Math.min(share, this.waits.connection));
      } catch (error) {
        if (left.length === 0 || performance.now() >= until || !isOfAddress(error as SmtpFault)) throw error;
      }
    }
    throw fault("EDNS", `${host} has no address`);
  }

  /** @param within ms, until it has greeted us */
  private async connectTo(address: string, within: number): Promise<SMTPConnection> {
    const { host, port, security, auth, name } = this.server;
    const connection = new SMTPConnection({
      ...(name === undefined ? {} : { name }),
      host: address,
      port,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      ...(isIP(host) ? {} : { servername: host }),
      connectionTimeout: within,
      greetingTimeout: Math.min(within, this.waits.greeting),
      socketTimeout: this.waits.socket,
      dnsTimeout: within,
    });
    await new Promise<void>((resolve, reject) => {
      // It stays: a connection that breaks while nobody waits for it must not end the process.
      connection.on("error", reject);
      connection.once("end", () => {
        if (this.connection === connection) this.forget();
      });
      connection.connect((error) => {
        if (error) reject(error);
        else if (!auth) resolve();
        // A server that we are not known to may judge every recipient by that.
        else if (!connection.allowsAuth) reject(fault("ENOAUTH", noLogin));
        else connection.login(auth, (refused) => (refused ? reject(refused) : resolve()));
      });
    }).catch((error) => {
      connection.close();
      throw error;
    });
    return connection;
  }
}

/** "Too many connections", as servers put it; also what one says that shuts down. */
function isFull({ responseCode, command }: SmtpFault): boolean {
  return responseCode === 421 && command === "CONN";
}

/** Of one address, and not of the server: another may well work. */
function isOfAddress(fault: SmtpFault): boolean {
  const silent = !fault.responseCode && fault.command === "CONN" && fault.code !== "ENOAUTH";
  return silent || isFull(fault);
}

const noLogin =
  "The server offers no login over this connection: see its port and encryption, or take out user name and password";

function send(connection: SMTPConnection, envelope: Envelope & { size: number }, text: Readable): Promise<Receipt> {
  return new Promise((resolve, reject) => {
    const broken = (error: Error) => reject(error);
    const ended = () => reject(fault("ECONNECTION", "The server ended the connection"));
    connection.once("error", broken);
    connection.once("end", ended);
    connection.send(envelope, text, (error, info) => {
      connection.off("error", broken);
      connection.off("end", ended);
      if (error) reject(error);
      else
        resolve({
          words: clipWords(info?.response ?? ""),
          providerId: clipWords(info?.serverMessageId ?? "") || undefined,
        });
    });
  });
}

/** @param onAsked the server wants the text now, and may be let wait for it */
async function* inTurn(raw: Buffer, turn: Turn, onAsked: () => void): AsyncGenerator<Buffer> {
  onAsked();
  if (await turn.begin()) yield raw;
}

/** What went wrong before a server was spoken to. */
export function fault(code: string, message: string): Error & SmtpFault {
  return Object.assign(new Error(message), { code, command: "CONN" });
}
