import type { Bytes } from "./raw-socket.ts";

const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
const deepObject = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
export const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
export const someId = "018f4e2a-0000-7000-8000-000000000000";

/** Values for any field, as JSON text: some cannot be said by JSON.stringify. */
export const nastyJson: string[] = [
  ...[
    '"a\\u0000b"',
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u202e\\u0007\\u001b[2J"',
    '""',
    '" "',
    `"${"é".repeat(9000)}"`,
  ],
  ...[
    `"${"x".repeat(20_000)}"`,
    '"__proto__"',
    '"constructor"',
    `"'; drop table chats; --"`,
    '"../../etc/passwd"',
    '"%00"',
  ],
  ...["1e400", "-1e400", "1e308", "-0", "12345678901234567890", "0.1", "-1", "9007199254740993", "2147483648", "NaN"],
  ...["{}", "[]", "[[]]", "[null]", "[{}]", '["a\\u0000b"]', "true", "false", "null"],
  ...['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"admin":true}}}', '{"a\\u0000":1}', '{"a":1e400}'],
  ...[deep(30), deep(3000), deepObject(30), deepObject(3000), `[${'"u",'.repeat(1500)}"u"]`],
  ...[
    '"0000-01-01T00:00:00+23:59"',
    '"9999-12-31T23:59:59.999999999-23:59"',
    '"2026-02-30T00:00:00Z"',
    '"0001-01-01 00:00"',
  ],
  ...[
    cursor([-8.63e15, someId]),
    cursor([8.63e15, someId]),
    cursor([0, "a\u0000b"]),
    cursor([Number.POSITIVE_INFINITY, someId]),
  ].map((c) => `"${c}"`),
  ...[
    cursor({}),
    cursor([]),
    "999999999999999",
    "-1",
    someId,
    someId.toUpperCase(),
    "00000000-0000-0000-0000-000000000000",
  ].map((c) => `"${c}"`),
];

/** Bodies that are not what anybody means to send. */
export const nastyBodies: Bytes[] = [
  ...[
    "",
    " ",
    "{",
    "}",
    '{"content":"x"',
    '{"content":',
    '{"content":"x",}',
    "{'content':'x'}",
    "{}x",
    "{}{}",
    "[]",
    "null",
  ],
  ...[
    "true",
    "7",
    '"x"',
    "undefined",
    "NaN",
    "// {}",
    "<a/>",
    "content=x&y=1",
    "\u0000",
    '{"content":"\u0000"}',
    '{"a":1,"a":2}',
  ],
  ...['{"content":"a","Content":"b","CONTENT":["c"]}', '{"__proto__":{"content":"x"}}', '{"content":{"__proto__":1}}'],
  ...[
    deep(200),
    deep(100_000),
    deepObject(200),
    deepObject(40_000),
    `{"metadata":${deepObject(21)}}`,
    `{"metadata":${deep(5000)}}`,
  ],
  ...[
    `{"content":"${"x".repeat(300 * 1024)}"}`,
    "x".repeat(300 * 1024),
    `{${'"a":1,'.repeat(30_000)}"b":2}`,
    `{"${"k".repeat(200_000)}":1}`,
  ],
  `{"memberUserIds":[${'"u",'.repeat(60_000)}"u"]}`,
  ...[
    Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
    Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
    Buffer.from('{"content":"\xed\xa0\x80"}', "latin1"),
  ],
  ...[
    Buffer.from('{"content":"\xc0\xaf"}', "latin1"),
    Buffer.from('{"content":"\xff"}', "latin1"),
    Buffer.from("{}", "utf16le"),
  ],
];

export const contentTypes: string[] = [
  ...[
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=utf-16",
    "APPLICATION/JSON",
    "text/json",
  ],
  ...[
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/xml",
  ],
  ...[
    "application/octet-stream",
    "application/problem+json",
    "a/b/c",
    "application/",
    ";",
    "application/json, text/plain",
    "\xff",
  ],
];
