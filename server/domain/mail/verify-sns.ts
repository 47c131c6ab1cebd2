import { createVerify, X509Certificate } from "node:crypto";
import { readUrl } from "../../schema.ts";

/** A message of SNS, as it is posted. */
export interface SnsMessage {
  type: string;
  reference: string;
  topicArn: string;
  subject?: string | undefined;
  message: string;
  timestamp: string;
  signatureVersion: string;
  signature: string;
  signingCertUrl: string;
  subscribeUrl?: string | undefined;
  token?: string | undefined;
}

const host = /^sns\.[a-z]{2}(-[a-z]+){1,3}-\d{1,2}\.amazonaws\.com(\.cn)?$/;

/** Whether an address is one of SNS itself. No other is ever asked: the address comes with the message, from anybody. */
export function isSnsAddress(address: string): boolean {
  const url = readUrl(address);
  if (!url) return false;
  const { protocol, hostname, port, username, password } = url;
  return protocol === "https:" && host.test(hostname) && port === "" && username === "" && password === "";
}

/** A certificate's address: the file that SNS publishes, and nothing else on that host. */
export function isCertificateAddress(address: string): boolean {
  return (
    isSnsAddress(address) && /^\/SimpleNotificationService-[0-9a-zA-Z]{1,64}\.pem$/.test(new URL(address).pathname)
  );
}

/** The text that is signed: some fields in a fixed order, each as name, line break, value, line break. */
export function signedTextOf(message: SnsMessage): string {
  const { type, subject, subscribeUrl, token } = message;
  const confirmation = type === "SubscriptionConfirmation" || type === "UnsubscribeConfirmation";
  const fields: [string, string | undefined][] = [
    ["Message", message.message],
    ["MessageId", message.reference],
    ...(confirmation ? ([["SubscribeURL", subscribeUrl ?? ""]] as [string, string][]) : []),
    ["Subject", confirmation ? undefined : subject],
    ["Timestamp", message.timestamp],
    ...(confirmation ? ([["Token", token ?? ""]] as [string, string][]) : []),
    ["TopicArn", message.topicArn],
    ["Type", type],
  ];
  return fields.map(([name, value]) => (value === undefined ? "" : `${name}\n${value}\n`)).join("");
}

/**
 * Whether a message was signed with the key of a certificate of SNS that is good at a time. The file may hold the certificates above it:
 * then each must be issued by the next.
 */
export function isSignedBySns(message: SnsMessage, pem: string, now: number): boolean {
  const algorithm = { "1": "RSA-SHA1", "2": "RSA-SHA256" }[message.signatureVersion];
  const chain = readChain(pem);
  const [leaf] = chain;
  if (!algorithm || !leaf || !isOfSns(leaf)) return false;
  for (const [at, certificate] of chain.entries()) {
    if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo)) return false;
    const above = chain[at + 1];
    if (above && !(certificate.checkIssued(above) && certificate.verify(above.publicKey))) return false;
  }
  return createVerify(algorithm)
    .update(signedTextOf(message), "utf8")
    .verify(leaf.publicKey, message.signature, "base64");
}

function readChain(pem: string): X509Certificate[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  try {
    return found.slice(0, 5).map((one) => new X509Certificate(one));
  } catch {
    return [];
  }
}

function isOfSns(certificate: X509Certificate): boolean {
  return (
    host.test(/CN=(\S+)/.exec(certificate.subject)?.[1] ?? "") ||
    certificate.checkHost("sns.amazonaws.com") !== undefined
  );
}
