import fc from "fast-check";
import { allOperations } from "../../operations.ts";
import { routePath } from "../../transport/rest/routes.ts";
import { contentTypes, cursor, nastyBodies, someId } from "./nasty-values.ts";
import type { Bytes } from "./raw-socket.ts";
import type { Side } from "./world.ts";

/** Parts of an address, percent-encoded or not at all. */
const nastyParts: string[] = [
  ...[
    "%00",
    "%",
    "%2",
    "%zz",
    "%ff",
    "%c0%af",
    "%ed%a0%80",
    "..",
    "%2e%2e",
    ".",
    "%2F",
    "%5c",
    "\\",
    "a%00b",
    "%F0%9F%98%80",
    "*",
  ],
  ...[
    "x".repeat(201),
    "x".repeat(501),
    "x".repeat(5000),
    "-1",
    "null",
    "undefined",
    "__proto__",
    "constructor",
    "{chatId}",
    ":chatId",
  ],
  ...[
    someId,
    someId.toUpperCase(),
    "'",
    '"',
    "<script>",
    "a,b",
    "a;b",
    "a?b",
    "a%3Fb",
    "%23",
    "%20",
    "+",
    "é",
    "primary",
  ],
];

const queries: string[] = [
  ...[
    "",
    "?",
    "??",
    "?&&&",
    "?=",
    "?a",
    "?pageNumber=1e400",
    "?pageNumber=-1&pageSize=0",
    "?pageNumber=NaN",
    "?pageSize=999999999999",
  ],
  ...[
    "?pageNumber=1&pageNumber=2",
    "?pageNumber[]=1",
    "?limit=1e308",
    "?limit=abc",
    "?before=%00",
    "?after=%ff",
    "?before=a&after=b",
  ],
  ...[
    "?after=999999999999999",
    "?before=0",
    "?expand=perhaps",
    "?expand",
    "?__proto__=1",
    "?__proto__[x]=1",
    "?userIds=,,,",
    "?userIds=%00",
  ],
  ...[
    "?wait=-1",
    "?wait=NaN",
    `?after=${"A".repeat(300)}`,
    "?after=AAAAAAAAAAAAAAAAAAAAAA",
    "?content=x&chatId=y&tenantId=z",
    "?access_token=x",
  ],
  ...[`?before=${cursor([-8.63e15, someId])}`, `?after=${cursor([8.63e15, someId])}&limit=5`, `?x=${"y".repeat(7000)}`],
  ...[
    "?batch=1",
    "?batch=1&input=%7B",
    "?input=%7B%22a%22",
    "?input=null",
    "?connectionParams=7",
    "?connectionParams=%7B%22a%22:1%7D",
  ],
];

const headers: [string, string][] = [
  ["Idempotency-Key", ""],
  ["Idempotency-Key", "k".repeat(256)],
  ["Idempotency-Key", "\xe9"],
  ["X-Act-As-User", "\xff\x01".replace("\x01", "")],
  ["X-Act-As-User", "u".repeat(129)],
  ["X-Client-Id", "c".repeat(300)],
  ["X-API-Key", "parley_acme_x"],
  ["X-API-Key", "\xff"],
  ["X-Tenant-Id", "../acme"],
  ["Authorization", "Bearer"],
  ["Authorization", "Bearer a.b.c"],
  ["Authorization", `Bearer ${"a".repeat(9000)}`],
  ["Authorization", "Basic eDp5"],
  ["Accept", "text/event-stream;q=0"],
  ["Accept", "application/jsonl"],
  ["trpc-accept", "application/jsonl"],
  ["Accept-Encoding", "\xff, gzip;q=x"],
  ["Origin", "null"],
  ["Origin", "javascript:alert(1)"],
  ["Host", "["],
  ["Host", "a b"],
  ["Last-Event-ID", "%00"],
  ["Last-Event-ID", "x".repeat(5000)],
  ["Content-Encoding", "gzip"],
  ["Expect", "100-continue"],
  ["Range", "bytes=0-"],
  ["X-HTTP-Method-Override", "DELETE"],
  ["Cookie", "a=b; ".repeat(500)],
  ["Transfer-Encoding", "identity"],
];

export interface NastyRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Bytes;
}

/** Would succeed now and then, and then the rest would be sent to nobody. */
const ends = ["tenants.revokeAll", "users.revoke", "apiKeys.rotate", "chats.delete", "tenants.update"];

/** Requests around every operation's address, of which something, or everything, is wrong. */
export function nastyRequests({ tenantId, ids, credentials }: Side): fc.Arbitrary<NastyRequest> {
  const lasting = allOperations.filter(({ name }) => !ends.includes(name));
  const bindings = lasting.map(({ http }) => ({ method: http.method, path: routePath(http) }));
  const known: Record<string, string> = { ":tenantId": tenantId, ":chatId": ids.chatId, ":messageId": ids.messageId };
  const procedures = lasting.map(({ name }) => ({ method: "POST", path: `/api/trpc/${name}` }));
  const places = [...bindings, ...procedures, { method: "POST", path: "/tenant/:tenantId/v1/hub/negotiate" }];
  const part = fc.oneof(
    fc.constantFrom(...nastyParts),
    fc.webPath().map((path) => path.slice(1)),
  );
  const address = fc
    .record({
      place: fc.constantFrom(...places),
      parts: fc.array(part, { minLength: 4, maxLength: 4 }),
      wild: fc.boolean(),
    })
    .map(({ place, parts, wild }) => {
      const pieces = place.path.split("/").map((piece, i) => {
        if (!piece.startsWith(":")) return piece;
        return (wild ? undefined : known[piece]) ?? parts[i % parts.length] ?? "";
      });
      return { method: place.method, path: pieces.join("/") };
    });
  const bearer = fc.constantFrom(credentials.member.bearer, credentials.member.bearer, credentials.admin.bearer);
  return fc
    .record({
      address,
      method: fc.option(fc.constantFrom("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "LINK"), {
        freq: 4,
      }),
      query: fc.constantFrom(...queries),
      type: fc.oneof(fc.constant("application/json"), fc.constantFrom(...contentTypes)),
      bearer,
      extra: fc.array(fc.constantFrom(...headers), { maxLength: 2 }),
      body: fc.oneof(
        fc.constantFrom(...nastyBodies),
        mangledJson(ids),
        fc.json(),
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      ),
    })
    .map(({ address, method, query, type, bearer, extra, body }) => ({
      method: method ?? address.method,
      path: `${address.path}${query}`,
      headers: { authorization: `Bearer ${bearer}`, "content-type": type, ...Object.fromEntries(extra) },
      body,
    }));
}

/** A body that would have been good, cut short or with a byte changed. */
function mangledJson({ chatId, messageId }: Side["ids"]): fc.Arbitrary<Buffer> {
  const good = JSON.stringify({
    chatId,
    messageId,
    content: "Ahoy",
    name: "Crew",
    seq: 1,
    userId: "ben",
    state: "away",
  });
  return fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255), cut: fc.boolean() }).map(({ at, byte, cut }) => {
    const bytes = Buffer.from(good);
    if (cut) return bytes.subarray(0, at);
    bytes[at] = byte;
    return bytes;
  });
}
