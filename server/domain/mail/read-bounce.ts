import { z } from "zod";

/** What came back, of one address. */
export interface Bounce {
  address: string;
  /** Why the address gets no mail from now on; none when it may get the next one. */
  suppress?: "bounce" | "complaint" | undefined;
  detail: string;
}

export interface BounceReport {
  bounces: Bounce[];
  /** What the mail server calls the mail … */
  providerId?: string | undefined;
  /** … and what we do, where it shows our headers. */
  deliveryId?: string | undefined;
  /** Whose mail it is, by the same headers. */
  tenantId?: string | undefined;
}

const recipient = z.object({ emailAddress: z.string().max(320), diagnosticCode: z.string().optional() });

const sesEvent = z.object({
  notificationType: z.string().optional(),
  eventType: z.string().optional(),
  bounce: z
    .object({
      bounceType: z.string(),
      bounceSubType: z.string().optional(),
      bouncedRecipients: z.array(recipient).max(100),
    })
    .optional(),
  complaint: z
    .object({ complaintFeedbackType: z.string().optional(), complainedRecipients: z.array(recipient).max(100) })
    .optional(),
  mail: z.object({
    messageId: z.string().max(200).optional(),
    headers: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
    tags: z.record(z.string(), z.array(z.string())).optional(),
  }),
});

/** Reports (RFC 5965) that take a mail for wanted, or that no person has made. */
const notComplaints = new Set(["not-spam", "auth-failure"]);

/** What SES says in the text of its SNS message, as notification or as event; nothing for what is neither bounce nor complaint. */
export function readSesReport(text: string): BounceReport | undefined {
  const parsed = sesEvent.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { bounce, complaint, mail } = parsed.data;
  // Tags come with events, headers with what is told in the original form of the mail.
  const ours = (name: string) =>
    mail.tags?.[`parley-${name}`]?.[0] ??
    mail.headers?.find((header) => header.name.toLowerCase() === `x-parley-${name}`)?.value;
  const bounced = bounce?.bouncedRecipients.map(({ emailAddress, diagnosticCode }) => ({
    address: emailAddress,
    suppress: bounce.bounceType === "Permanent" ? ("bounce" as const) : undefined,
    detail: clip(diagnosticCode ?? `${bounce.bounceType} ${bounce.bounceSubType ?? ""}`.trim()),
  }));
  const meant = !notComplaints.has(complaint?.complaintFeedbackType ?? "");
  const complained = (meant ? complaint?.complainedRecipients : undefined)?.map(({ emailAddress }) => ({
    address: emailAddress,
    suppress: "complaint" as const,
    detail: clip(`Marked as ${complaint?.complaintFeedbackType ?? "spam"}`),
  }));
  return { bounces: [...(bounced ?? []), ...(complained ?? [])], providerId: mail.messageId, ...ourNames(ours) };
}

/** Postmark's words for what will not get better. `Blocked` is what the receiving side thinks of the sender or the text, not of the address. */
const permanent = new Set(["HardBounce", "BadEmailAddress", "ManuallyDeactivated"]);
/** And for answers to a mail that arrived, or may yet. */
const answers = new Set([
  "AutoResponder",
  "AddressChange",
  "Transient",
  "ChallengeVerification",
  "Subscribe",
  "Unsubscribe",
  "OpenRelayTest",
]);

export interface PostmarkEvent {
  recordType: string;
  type?: string | undefined;
  email?: string | undefined;
  reference?: string | undefined;
  description?: string | undefined;
  details?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
}

/** What Postmark's webhook says; nothing for what is neither bounce nor complaint, though it may be told as a bounce. */
export function readPostmarkReport(event: PostmarkEvent): BounceReport | undefined {
  const { recordType, type = "", email, reference: providerId } = event;
  const complaint = recordType === "SpamComplaint" || type === "SpamComplaint";
  if (!email || !(complaint || (recordType === "Bounce" && !answers.has(type)))) return undefined;
  const suppress = complaint ? "complaint" : permanent.has(type) ? "bounce" : undefined;
  // A header's name has no case, and ours comes to it with capitals.
  const metadata = Object.entries(event.metadata ?? {});
  const detail = clip(event.details || event.description || type || recordType);
  return {
    bounces: [{ address: email, suppress, detail }],
    providerId,
    ...ourNames((name) => metadata.find(([key]) => key.toLowerCase() === `parley-${name}`)?.[1]),
  };
}

/** What our headers said of a mail, as providers give it back. */
function ourNames(find: (name: string) => unknown): Pick<BounceReport, "deliveryId" | "tenantId"> {
  const [deliveryId, tenantId] = [find("delivery"), find("tenant")];
  return {
    ...(typeof deliveryId === "string" ? { deliveryId } : {}),
    ...(typeof tenantId === "string" ? { tenantId } : {}),
  };
}

function clip(text: string): string {
  return text.replaceAll("\u0000", "").slice(0, 1000);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
