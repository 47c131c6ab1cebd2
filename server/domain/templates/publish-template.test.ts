import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { maxVersions, type Template, type TemplateVersion } from "./schema.ts";
import { findPublished } from "./store.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const save = (name: string, message: string, more: object = {}) =>
  tenant.key()<Template>("PUT", `/admin/templates/${name}`, { subject: "S", message, ...more });
const post = (name: string, verb: string, body: unknown = {}) =>
  tenant.key()<Template>("POST", `/admin/templates/${name}/${verb}`, body);
/** What a send would take. */
const sent = async (name: string) =>
  (await findPublished(stack.api.services.db.forTenant(tenant.tenantId), tenant.tenantId, name))?.message;
const states = async (name: string) =>
  (await tenant.key()<{ data: TemplateVersion[] }>("GET", `/admin/templates/${name}/versions`)).body.data.map(
    ({ version, state }) => `${version} ${state}`,
  );

describe("succeeds", () => {
  test("from draft to published to rolled back, while sends see published versions only", async () => {
    expect((await save("order", "one", { title: "Orders" })).body).toMatchObject({
      title: "Orders",
      latest: 1,
      content: { version: 1, state: "draft", message: "one" },
    });
    expect(await sent("order")).toBeUndefined();
    await save("order", "one, mended");
    expect((await post("order", "publish")).body).toMatchObject({ title: "Orders", published: 1 });
    expect(await sent("order")).toBe("one, mended");
    await save("order", "two");
    expect(await sent("order")).toBe("one, mended");
    expect(await states("order")).toEqual(["2 draft", "1 published"]);
    await post("order", "publish");
    expect(await sent("order")).toBe("two");
    expect((await save("order", "three", { publish: true })).body).toMatchObject({ published: 3 });
    expect((await post("order", "rollback")).body).toMatchObject({ published: 2, latest: 3 });
    expect(await states("order")).toEqual(["3 rolled-back", "2 published", "1 retired"]);
    await post("order", "rollback");
    expect(await sent("order")).toBe("one, mended");
    expect((await post("order", "rollback")).status).toBe(409);
    await post("order", "publish", { version: 3 });
    expect(await states("order")).toEqual(["3 published", "2 rolled-back", "1 retired"]);
    expect((await tenant.key()<Template>("GET", "/admin/templates/order?version=1")).body.content.message).toBe(
      "one, mended",
    );
  });

  test("under two hands at once with one published version", async () => {
    for (const message of ["one", "two"]) await save("both", message, { publish: true });
    await Promise.all([post("both", "publish", { version: 1 }), post("both", "rollback"), post("both", "publish")]);
    const published = (await states("both")).filter((state) => state.endsWith("published"));
    expect(published).toHaveLength(1);
  });

  test("and forgets the oldest of many versions, never the published one", async () => {
    await save("long", "v1", { publish: true });
    const { templateVersion, template } = stack.api.services.db.forTenant(tenant.tenantId);
    const rows = Array.from({ length: maxVersions - 1 }, (_, n) => ({ version: n + 2, state: "retired" }));
    const content = { tenantId: "acme", name: "long", subject: "S", message: "old" };
    await templateVersion.createMany({ data: rows.map((row) => ({ ...content, ...row })) });
    await template.updateMany({ where: { name: "long" }, data: { latest: maxVersions } });
    for (const message of ["new", "newer"]) {
      await save("long", message);
      await templateVersion.updateMany({ where: { name: "long", state: "draft" }, data: { state: "retired" } });
    }
    const all = `/admin/templates/long/versions?pageSize=${maxVersions + 1}`;
    const { body } = await tenant.key()<{ totalCount: number; data: { version: number }[] }>("GET", all);
    expect(body.totalCount).toBe(maxVersions + 1);
    expect(body.data.at(-1)?.version, "one answer may hold all of them").toBe(1);
    expect(await sent("long")).toBe("v1");
  });

  test("a preview renders what is asked for and says what is missing", async () => {
    const html = "<b>{{ who.name }}</b>";
    await save("hello", "Hello {{ who.name }}, {{ day }}", { html, sample: { who: { name: "<Ada>" } } });
    const preview = (body: object) => tenant.key()("POST", "/admin/templates/hello/preview", body);
    expect((await preview({})).body).toEqual({
      version: 1,
      subject: "S",
      message: "Hello <Ada>, ",
      htmlContent: "<b>&lt;Ada&gt;</b>",
      missing: ["day"],
    });
    expect((await preview({ variables: {} })).body).toMatchObject({
      message: "Hello , ",
      missing: ["day", "who.name"],
    });
  });

  test("and is gone when it is deleted", async () => {
    await save("gone", "x", { publish: true });
    expect((await tenant.key()("DELETE", "/admin/templates/gone")).status).toBe(200);
    expect(await sent("gone")).toBeUndefined();
    for (const path of ["gone", "gone/versions"])
      expect((await tenant.key()("GET", `/admin/templates/${path}`)).status).toBe(404);
  });
});

describe("refuses", () => {
  test.each([
    ["a part that is no Liquid", { message: "{{ x" }],
    ["a part that reads files", { message: "{% include 'x' %}" }],
    ["HTML that leaves variables unescaped", { html: "{{ x | raw }}" }],
    ["a sample that is too large", { sample: { x: "x".repeat(9000) } }],
  ])("%s with 400", async (_name, more) => {
    expect((await save("bad", "x", more)).status).toBe(400);
  });

  test("a name that no address takes with 400, an unknown one or version with 404", async () => {
    expect((await save("a%20b", "x")).status).toBe(400);
    expect((await post("nobody", "publish")).status).toBe(404);
    await save("some", "x");
    expect((await post("some", "publish", { version: 9 })).status).toBe(404);
    expect((await post("some", "rollback")).status).toBe(409);
  });

  test("a preview that costs more than it may with 400", async () => {
    await save("dear", "{% for i in (1..9999) %}{% for j in (1..9999) %}x{% endfor %}{% endfor %}");
    expect((await tenant.key()("POST", "/admin/templates/dear/preview", {})).status).toBe(400);
  });
});

test("a template that was to be new and exists already is refused with 409, and its draft stays", async () => {
  expect((await save("somebodys", "long words", { onlyNew: true })).status).toBe(200);
  const { status, body } = await save("somebodys", "over it", { title: "Another", onlyNew: true });
  expect([status, body]).toMatchObject([409, { code: "conflict", errors: { name: ["It exists already"] } }]);
  const kept = await tenant.key()<Template>("GET", "/admin/templates/somebodys");
  expect(kept.body).toMatchObject({ title: "somebodys", content: { message: "long words" } });
});

test("a save that was written from other words than the draft's is refused with 409, and the draft stays", async () => {
  const etagOf = async (version?: number) => {
    const path = `/admin/templates/two-hands${version === undefined ? "" : `?version=${version}`}`;
    return (await tenant.key()<Template>("GET", path)).body.content.etag;
  };
  const sample = { b: 1, aa: { z: [], y: 1.5 }, a: "ü" };
  const first = await save("two-hands", "published", { publish: true, sample });
  expect(first.body.content.etag, "the same in every answer").toBe(await etagOf());
  const second = await save("two-hands", "one's words", { onlyIf: await etagOf() });
  expect(second.body.content).toMatchObject({ version: 2, state: "draft" });
  const both = await etagOf(2);
  expect((await save("two-hands", "one's, mended", { onlyIf: both })).status).toBe(200);
  for (const onlyIf of [both, await etagOf(1)]) {
    const { status, body } = await save("two-hands", "the other's words", { onlyIf });
    const text = "Version 2 is a draft already and says something else";
    expect([status, body]).toMatchObject([409, { code: "conflict", detail: text, errors: { onlyIf: [text] } }]);
  }
  expect((await tenant.key()<Template>("GET", "/admin/templates/two-hands")).body.content.message).toBe(
    "one's, mended",
  );
  await post("two-hands", "publish");
  const third = await save("two-hands", "from the first", { onlyIf: await etagOf(1) });
  expect(third.body.content, "no draft, nothing to lose").toMatchObject({ version: 3 });
  expect((await save("two-hands", "over it")).body.content, "without it, as ever").toMatchObject({ version: 3 });
  expect((await save("never-there", "x", { onlyIf: both })).status).toBe(409);
});
