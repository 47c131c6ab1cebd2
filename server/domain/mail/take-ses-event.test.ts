import { execFileSync } from "node:child_process";
import { createSign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../persistence/project-root.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { insertDeliveries } from "../deliveries/store.ts";
import { Certificates } from "./fetch-certificate.ts";
import { isCertificateAddress, isSnsAddress, signedTextOf } from "./verify-sns.ts";

const topicArn = "arn:aws:sns:eu-central-1:123456789012:bounces";
const sharedTopic = "arn:aws:sns:eu-central-1:123456789012:all-bounces";
const certificate = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";

let stack: Stack;
let tenant: TestTenant;
let ours: { key: string; pem: string };
let strangers: { key: string; pem: string };
let asked: string[] = [];
let answer: string;

beforeAll(async () => {
  [ours, strangers] = [makeCertificate("sns.amazonaws.com"), makeCertificate("sns.attacker.example")];
  answer = ours.pem;
  stack = await startStack({ mail: { from: "test@localhost", snsTopicArn: sharedTopic } });
  // SNS itself is out of reach here; everything on our side of it is real.
  stack.api.services.certificates = new Certificates(async (address) => {
    asked.push(address);
    return address === certificate ? answer : "<ok/>";
  });
  tenant = await stack.tenant("acme");
  await tenant.key()("PATCH", "/admin/mail/settings", { snsTopicArn: topicArn });
});
afterAll(() => stack.close());

/** A key and a certificate that it signed itself, as openssl makes them. */
function makeCertificate(name: string): { key: string; pem: string } {
  const folder = mkdtempSync(join(tmpdir(), "parley-sns-"));
  const [key, pem] = [join(folder, "key"), join(folder, "pem")];
  const subject = ["-subj", `/CN=${name}`, "-days", "30", "-nodes", "-newkey", "rsa:2048"];
  execFileSync("openssl", ["req", "-x509", ...subject, "-keyout", key, "-out", pem], { stdio: "ignore" });
  const made = { key: readFileSync(key, "utf8"), pem: readFileSync(pem, "utf8") };
  rmSync(folder, { recursive: true });
  return made;
}

const fixture = (name: string) =>
  readFileSync(join(projectRoot(), "server/testing/recorded/bounces", `${name}.json`), "utf8");

/** A message in the form in which SNS posts it, signed with the test's key. */
function signed(changes: Record<string, string> = {}, key = ours.key): Record<string, string> {
  const message: Record<string, string> = {
    Type: "Notification",
    MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    TopicArn: topicArn,
    Message: fixture("ses-bounce"),
    Timestamp: "2026-11-26T08:00:00.000Z",
    SignatureVersion: "2",
    SigningCertURL: certificate,
    UnsubscribeURL: "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
    ...changes,
  };
  const text = signedTextOf({
    type: message.Type ?? "",
    reference: message.MessageId ?? "",
    topicArn: message.TopicArn ?? "",
    subject: message.Subject,
    message: message.Message ?? "",
    timestamp: message.Timestamp ?? "",
    signatureVersion: "",
    signature: "",
    signingCertUrl: "",
    subscribeUrl: message.SubscribeURL,
    token: message.Token,
  });
  const algorithm = message.SignatureVersion === "1" ? "RSA-SHA1" : "RSA-SHA256";
  return { ...message, Signature: createSign(algorithm).update(text).sign(key, "base64") };
}

/** As SNS posts: JSON that is called text. */
async function post(message: Record<string, string>, path = "/mail/events/ses", base = tenant.url) {
  const body = JSON.stringify(message);
  const response = await fetch(base + path, {
    method: "POST",
    body,
    headers: { "content-type": "text/plain; charset=UTF-8" },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const suppressed = async () =>
  (await tenant.key()<{ data: { address: string; reason: string }[] }>("GET", "/admin/suppressions")).body.data.map(
    ({ address, reason }) => [address, reason],
  );

describe("succeeds", () => {
  test("a bounce that will not get better suppresses the address and marks the mail", async () => {
    const delivery = {
      cause: "event:1",
      userId: "gone",
      channel: "email",
      kind: "notification",
      type: "T",
      subject: "S",
    } as const;
    const id = await unitOfWork(stack.api.services.db, tenant.tenantId, async ({ tx }) => {
      const rows = [{ ...delivery, status: "sent", address: "gone@example.com", epoch: 1 } as const];
      return (await insertDeliveries(tx, tenant.tenantId, rows))[0]?.id ?? "";
    });
    expect(await post(signed({ Message: fixture("ses-bounce").replace("DELIVERY", String(id)) }))).toMatchObject({
      status: 200,
    });
    expect(await suppressed()).toEqual([["gone@example.com", "bounce"]]);
    const { body } = await tenant.key()<Record<string, unknown>>("GET", `/admin/deliveries/${id}`);
    expect(body).toMatchObject({ status: "bounced", detail: expect.stringContaining("user unknown") });
  });

  test("of the server that all tenants share, by the topic of the installation, at the tenant that the mail names", async () => {
    const other = await stack.tenant("globex");
    const made = { cause: "event:2", userId: "gone", channel: "email", kind: "notification", type: "T" } as const;
    const rows = [{ ...made, subject: "S", status: "sent", address: "gone@example.com", epoch: 1 } as const];
    const inserted = await unitOfWork(stack.api.services.db, other.tenantId, async ({ tx }) => {
      return (await insertDeliveries(tx, other.tenantId, rows))[0]?.id;
    });
    const id = String(inserted);
    const told = JSON.parse(fixture("ses-bounce")) as { mail: object };
    const tags = { "parley-delivery": [id], "parley-tenant": [other.tenantId] };
    const Message = JSON.stringify({ ...told, mail: { ...told.mail, tags } });
    const shared = (message: Record<string, string>) =>
      post(message, "/installation/mail/events/sns", stack.url).then(({ status }) => status);
    expect(await shared(signed({ Message }))).toBe(403); // a tenant's own topic
    expect(await shared(signed({ Message, TopicArn: sharedTopic }, strangers.key))).toBe(403);
    expect((await post(signed({ Message, TopicArn: sharedTopic }))).status).toBe(403); // at a tenant's address
    expect(await shared(signed({ Message, TopicArn: sharedTopic }))).toBe(200);
    expect((await other.key()("GET", `/admin/deliveries/${id}`)).body).toMatchObject({ status: "bounced" });
    expect(await shared(signed({ Message: "{}", TopicArn: sharedTopic }))).toBe(200);
  });

  test("a complaint, by the older signature too, with a subject", async () => {
    const message = signed({ Message: fixture("ses-complaint"), SignatureVersion: "1", Subject: "Amazon SES" });
    expect((await post(message, "/mail/events/sns")).status).toBe(200);
    expect(await suppressed()).toContainEqual(["cross@example.com", "complaint"]);
  });

  test.each(["not-spam", "auth-failure"])("a report of %s is no complaint", async (complaintFeedbackType) => {
    const before = await suppressed();
    const told = JSON.parse(fixture("ses-complaint")) as { complaint: object };
    const complainedRecipients = [{ emailAddress: "pleased@example.com" }];
    const complaint = { ...told.complaint, complainedRecipients, complaintFeedbackType };
    expect((await post(signed({ Message: JSON.stringify({ ...told, complaint }) }))).status).toBe(200);
    expect(await suppressed()).toEqual(before);
  });

  test("a subscription to our topic is confirmed at SNS", async () => {
    const SubscribeURL = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc";
    const message = signed({
      Type: "SubscriptionConfirmation",
      Message: "You have chosen …",
      Token: "abc",
      SubscribeURL,
    });
    asked = [];
    expect((await post(message)).status).toBe(200);
    expect(asked).toContain(SubscribeURL);
  });

  test("what is neither, and what cannot be read, changes nothing", async () => {
    const before = await suppressed();
    for (const Message of ["{}", "not JSON", '{"notificationType":"Delivery","mail":{}}'])
      expect((await post(signed({ Message }))).status).toBe(200);
    expect(await suppressed()).toEqual(before);
  });
});

describe("refuses with 403", () => {
  test.each<[string, () => Record<string, string>]>([
    ["a changed text", () => ({ ...signed(), Message: fixture("ses-complaint") })],
    ["another topic, however well it is signed", () => signed({ TopicArn: `${topicArn}-of-somebody` })],
    [
      "a certificate elsewhere",
      () => signed({ SigningCertURL: "https://attacker.example/SimpleNotificationService-0.pem" }),
    ],
    [
      "a bucket of somebody",
      () => signed({ SigningCertURL: "https://sns.s3.amazonaws.com/SimpleNotificationService-0.pem" }),
    ],
    ["another key", () => signed({}, strangers.key)],
    ["a version that there is not", () => ({ ...signed(), SignatureVersion: "3" })],
    [
      "a confirmation that leads elsewhere",
      () => signed({ Type: "SubscriptionConfirmation", Token: "abc", SubscribeURL: "http://169.254.169.254/latest" }),
    ],
  ])("%s", async (_name, message) => {
    asked = [];
    expect((await post(message())).status).toBe(403);
    expect(asked.filter((address) => address !== certificate)).toEqual([]); // nobody else was asked
  });

  test("a certificate that is not of SNS", async () => {
    stack.api.services.certificates = new Certificates(async () => strangers.pem);
    expect((await post(signed({}, strangers.key))).status).toBe(403);
  });
});

test("no address but those of SNS is ever asked", () => {
  for (const address of [
    "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem",
    "https://sns.eu-central-1.amazonaws.com.attacker.example/SimpleNotificationService-0.pem",
    "https://sns.eu-central-1.amazonaws.com@attacker.example/SimpleNotificationService-0.pem",
    "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-0.pem",
    "https://sns.eu-central-1.amazonaws.com/../x.pem",
    "file:///etc/passwd",
  ])
    expect([address, isCertificateAddress(address)]).toEqual([address, false]);
  expect(isSnsAddress("https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription")).toBe(true);
});
