import { DomainError } from "../../errors.ts";

/** What went wrong with a try to hand a mail over, as nodemailer tells it. */
export interface SmtpFault {
  code?: string | undefined;
  /** Of the server's last answer; 0 or none when it gave none. */
  responseCode?: number | undefined;
  response?: string | undefined;
  /** Which step it was: CONN, EHLO, AUTH …, MAIL FROM, RCPT TO, DATA, API */
  command?: string | undefined;
  message: string;
}

export interface Verdict {
  /** Worth another try? */
  temporary: boolean;
  /** The server itself is in trouble, whoever the mail is for: counts for the breaker. */
  ofServer: boolean;
  /** The address does not exist: no mail to it any more. */
  ofAddress: boolean;
  /** What the server said, or what we saw. */
  words: string;
}

const noServer = new Set(["ECONNECTION", "ETIMEDOUT", "ESOCKET", "EDNS", "ETLS", "EPROTOCOL", "EAUTH", "ENOAUTH"]);

/** "Log in" and "encrypt first" (RFC 4954, 6; RFC 3207, 4), and a sender's quota that is used up, which comes back (RFC 3463, X.4.5). */
const serverFirst = /^530|(?<![\d.])5\.4\.5(?!\.?\d)/;

/**
 * What follows from a failed try. An answer to RCPT TO is about the address, one to the sender or the text about the mail, and what comes
 * before about the server. Credentials that are refused are the server's trouble: somebody mends them, and the mail goes out.
 */
export function judgeFault(fault: SmtpFault): Verdict {
  const { responseCode = 0, code = "", command = "" } = fault;
  const words = clipWords(fault.response ?? fault.message);
  const before = /^(CONN|EHLO|HELO|STARTTLS|AUTH)/.test(command);
  const ofServer = responseCode === 421 || noServer.has(code) || before || serverFirst.test(fault.response ?? "");
  if (ofServer) return { temporary: true, ofServer: true, ofAddress: false, words };
  // Without an answer: what nodemailer does not even ask for, such as a mail larger than the server has said it takes.
  const permanent = responseCode >= 500 || (responseCode === 0 && (command === "API" || code === "EMESSAGE"));
  return {
    temporary: !permanent,
    ofServer: false,
    ofAddress: permanent && command === "RCPT TO" && isUnknownAddress(responseCode, words),
    words,
  };
}

/** A server's words as they are kept: not all of a long speech, and neither NUL nor half a character, which Postgres refuses. */
export function clipWords(words: string): string {
  return words.replaceAll("\u0000", "").slice(0, 1000).toWellFormed();
}

/** Codes (RFC 3463) of a recipient who does not exist. The others of 5.1.x are of the sender, or of nobody in particular. */
const unknownCodes = new Set(["1.1", "1.2", "1.3", "1.6", "1.10"]);
const unknownWords =
  /\b(unknown|no such|invalid|no|unrouteable) ?(local )?(user|recipient|mailbox|account|address)|(user|recipient|mailbox|account|address) (is )?(unknown|not found|not known|does ?n[o']t exist|does not exist|invalid)/i;
/** Servers judge the sender, the way and its reputation at RCPT TO, too, and often with 550. */
const otherWords = /sender|verif|relay|auth|spam|block|list|policy|reputation/i;

/** Who is taken for unknown gets no mail any more, so only plain words count: one wrong setting would take a tenant's whole audience. */
function isUnknownAddress(responseCode: number, words: string): boolean {
  const enhanced = /(?<![\d.])5\.(\d{1,3}\.\d{1,3})(?!\.?\d)/.exec(words)?.[1];
  if (enhanced !== undefined) return unknownCodes.has(enhanced);
  const said = words.replaceAll(/\S+@\S+/g, "");
  return [550, 551, 553].includes(responseCode) && unknownWords.test(said) && !otherWords.test(said);
}

export interface Patience {
  /** First wait after a temporary fault, in ms; each further one is three times as long … */
  first: number;
  /** … up to this. */
  longest: number;
  /** Tries until a mail is given up: with the default waits after a bit more than a day. */
  attempts: number;
  /** Faults of the server in a row that open its breaker, and for how long the first time, in ms. */
  faults: number;
  open: number;
  /** Until a tenant's mail is looked at again that another worker had in its hands, in ms. */
  again: number;
  /** A server that lets us wait for so long leaves the worker's slot to others, in ms. */
  slot: number;
  /** For how long a tenant that may send is taken for one that still may, in ms. */
  halt: number;
}

const second = 1000;
const hour = 3600 * second;
export const patience: Patience = {
  first: 10 * second,
  longest: hour,
  attempts: 30,
  faults: 5,
  open: 30 * second,
  again: 10 * second,
  slot: 2 * second,
  halt: second,
};

/** ms until the next try after so many; a fifth more or less by chance, so that what failed together does not come back together. */
export function backoff(attempts: number, { first, longest }: Patience, chance = Math.random()): number {
  return Math.min(first * 3 ** (attempts - 1), longest) * (0.8 + 0.4 * chance);
}

/** For how long a server that has failed so often in a row is left alone, in ms; 0 while it is not. At most ten minutes. */
export function breakFor(failures: number, { faults, open }: Patience, chance = Math.random()): number {
  if (failures < faults) return 0;
  return Math.min(open * 2 ** (failures - faults), 20 * open) * (0.8 + 0.4 * chance);
}

/** An address as mail servers take it: something, @, a host. Neither blanks nor what would end a header. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s<>",;:\\()[\]@]+@[^\s<>",;:\\()[\]@]+$/.test(text);
}

/** Where a mail server is, how it is spoken to and as whom. */
export interface ServerChoice {
  host?: string | null | undefined;
  port?: number | null | undefined;
  security?: string | undefined;
  username?: string | null | undefined;
}

/**
 * A stored password is shown to no server but the one that it was given for: whoever could name another would read it there.
 * Throws invalid.
 */
export function ensureSameServer(before: ServerChoice, changes: ServerChoice): void {
  const after = { ...before, ...changes };
  if (!after.host || !after.username) return; // Nobody is shown it.
  const fields = ["host", "port", "security", "username"] as const;
  if (fields.every((field) => after[field] === before[field])) return;
  const errors = { password: ["Give it again: server, port, encryption or user name changed"] };
  throw new DomainError("invalid", { errors });
}
