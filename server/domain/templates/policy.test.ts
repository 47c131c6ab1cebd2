import { Token } from "liquidjs";
import { describe, expect, test, vi } from "vitest";
import { DomainError } from "../../errors.ts";
import { findTemplateFault, missingVariables, renderLoosely, renderTemplate, type TemplateText } from "./policy.ts";

const template = (parts: Partial<TemplateText>): TemplateText => ({
  subject: "x",
  message: "x",
  text: null,
  html: null,
  summary: null,
  required: [],
  ...parts,
});

describe("rendering", () => {
  test("puts values in, each part for itself", () => {
    const parts = template({
      subject: "Pier {{ pier }}",
      message: "{% for stop in stops %}{{ stop.name }};{% endfor %}",
      text: "T {{ pier }}",
      html: "<p>{{ pier }}</p>",
      summary: "S {{ pier }}",
    });
    expect(renderTemplate(parts, { pier: 4, stops: [{ name: "A" }, { name: "B" }] })).toEqual({
      subject: "Pier 4",
      message: "A;B;",
      text: "T 4",
      htmlContent: "<p>4</p>",
      summary: "S 4",
    });
  });

  test("gives each part what was given, also after one that counts; of the caller's own values nothing changes", () => {
    const count = "{% increment n %}{% decrement m %}{{ n }}{{ m }}";
    const parts = { subject: count, message: count, text: count, html: count, summary: count };
    const given = { n: 4 };
    expect(renderTemplate(template(parts), given)).toEqual({
      subject: "4-15-1",
      message: "4-15-1",
      text: "4-15-1",
      htmlContent: "4-15-1",
      summary: "4-15-1",
    });
    expect(given).toEqual({ n: 4 });
  });

  test("lets no variable bring markup into the HTML, by whichever way", () => {
    const evil = "<img src=x onerror=alert(1)>\"'&";
    const html = [
      "<p>{{ v }}</p>",
      "{% capture c %}{{ v }}{% endcapture %}{{ c }}",
      "{% assign a = v | append: v %}{{ a }}",
      "{% echo v %}",
      "{{ list | join: v }}",
      "{% liquid echo v %}",
      "{{ v | upcase }}{{ v | url_decode }}{{ encoded | base64_decode }}{{ v | json }}",
      "{% for x in list %}{{ x }}{% endfor %}",
      "{% cycle v, v %}",
      "{% tablerow x in list %}{{ x }}{% endtablerow %}",
    ].join("\n");
    const values = { v: evil, list: [evil, evil], encoded: Buffer.from(evil).toString("base64") };
    const { htmlContent = "" } = renderTemplate(template({ html }), values);
    expect(htmlContent.toLowerCase()).toContain("&lt;img");
    expect(htmlContent.toLowerCase()).not.toContain("<img");
    expect(htmlContent).not.toMatch(/onerror=alert\(1\)>/i);
  });

  test("keeps a subject on one line", () => {
    expect(renderTemplate(template({ subject: "Hello {{ v }}" }), { v: "a\r\nBcc: all@example.com" }).subject).toBe(
      "Hello a Bcc: all@example.com",
    );
  });

  test("makes no text that cannot be stored, also where it cuts a character or decodes what is none", () => {
    const message = '{{ name | split: "" | first }}|{{ v | url_decode }}|{{ b | base64_decode }}';
    const { subject, ...rest } = renderTemplate(template({ subject: message, message, html: message }), {
      ...{ name: "\u{1f600} Ada", v: "a%00b", b: "AGM=" },
    });
    expect(subject).toBe("\ufffd|ab|c");
    expect(rest).toEqual({ message: subject, htmlContent: subject });
  });

  test("holds each part to what a notification may hold", () => {
    const long = { v: "x".repeat(3000) };
    expect(() => renderTemplate(template({ subject: "{{ v }}" }), long)).toThrow(DomainError);
    expect(renderTemplate(template({ message: "{{ v }}" }), long).message).toHaveLength(3000);
    expect(() => renderTemplate(template({ message: "{{ v }}{{ v }}{{ v }}{{ v }}{{ v }}{{ v }}" }), long)).toThrow(
      DomainError,
    );
  });

  test("sees own properties only", () => {
    const source = "{{ v.constructor.name }}{{ v.__proto__ }}{{ v.toString }}{{ constructor }}";
    expect(renderLoosely(template({ message: source }), { v: {} }).message).toBe("");
  });
});

describe("a required variable", () => {
  const parts = template({ message: "{{ user.name }} {{ pier }}", required: ["user.name", "pier"] });

  test.each([
    [{}, ["variables.user.name", "variables.pier"]],
    [{ user: {}, pier: 0 }, ["variables.user.name"]],
    [{ user: { name: "Ada" }, pier: null }, ["variables.pier"]],
  ])("is missed in %j", (values, fields) => {
    expect(() => renderTemplate(parts, values)).toThrow(DomainError);
    try {
      renderTemplate(parts, values);
    } catch (error) {
      expect(Object.keys((error as DomainError).face.errors ?? {})).toEqual(fields);
    }
  });

  test("may be empty, zero or false", () => {
    expect(renderTemplate(parts, { user: { name: "" }, pier: 0 }).message).toBe(" 0");
  });
});

test("missing variables are named, those that the template makes itself are not", () => {
  const parts = template({
    subject: "{{ a }}",
    message: "{% assign own = 1 %}{{ own }}{% for i in list %}{{ i.x }}{% endfor %}{{ user.name | default: other }}",
    html: "{% if flag %}{{ b.c }}{% endif %}",
    required: ["z"],
  });
  expect(missingVariables(parts, { a: 1, user: {} })).toEqual(["b.c", "flag", "list", "other", "user.name", "z"]);
  expect(
    missingVariables(parts, { a: 1, user: { name: "x" }, list: [], b: { c: 1 }, flag: false, other: 1, z: 1 }),
  ).toEqual([]);
});

test("of a list and a text it is known what the language says of them", () => {
  const message =
    "{{ stops.size }}{{ stops.first.name }}{{ stops.last }}{{ name.size }}{{ pier.size }}{{ pier.first }}";
  const values = { stops: [{ name: "A" }], name: "x", pier: {} };
  expect(missingVariables(template({ message }), values)).toEqual(["pier.first"]);
});

test("a variable in brackets is one of its own, and so is what a text or a range is asked", () => {
  const message = `{{ prices[currency].net }}{{ "text".size }}{{ (1..last).first }}{{ a["b c"][0] }}`;
  expect(missingVariables(template({ message }), {})).toEqual(["a.b c.0", "currency", "last", "prices"]);
  expect(missingVariables(template({ message }), { prices: { EUR: 1 }, currency: "EUR", last: 1 })).toEqual([
    "a.b c.0",
  ]);
});

describe("what would keep everybody waiting", () => {
  test.each([
    ["blocks in blocks", `${"{% if a %}".repeat(51)}${"{% endif %}".repeat(51)}`],
    ["blocks in blocks without end", "{% for a in b %}".repeat(4000)],
    ["subscripts in subscripts", `{{ ${"a[".repeat(60)}b${"]".repeat(60)} }}`],
    ["subscripts in subscripts without end", `{{ ${"a[".repeat(20_000)} }}`],
    ["blocks in the lines of one tag", `{% liquid\n${"if a\n".repeat(60)}${"endif\n".repeat(60)}%}`],
  ])("%s is a fault that says so", (_name, message) => {
    expect(findTemplateFault(message)).toMatch(/nested deeper than 50 levels|not closed/);
    expect(() => missingVariables(template({ message }), {})).toThrow(DomainError);
  });

  test("a variable is found without a look at all that stands before it", () => {
    const looks = vi.spyOn(Token.prototype, "getPosition");
    expect(missingVariables(template({ message: "{{ a }}".repeat(9000) }), {})).toEqual(["a"]);
    expect(looks).not.toHaveBeenCalled();
  });

  test.each(["map", "where", "reject", "group_by", "find", "sum", "sort"])("%s by a path of a mile", (filter) => {
    const render = (length: number, path: string) =>
      renderLoosely(template({ message: `{% assign list = (1..${length}) %}{{ list | ${filter}: path, 1 | size }}` }), {
        path,
      });
    expect(() => render(3000, "a.".repeat(4000))).toThrow(DomainError);
    expect(render(30, "a.b").message).toMatch(/^\d+$/); // soon done, also where the machine is busy
  });

  const doubled = (times: number) => `{% assign a = "x" | split: "" %}${"{% assign a = a | push: a %}".repeat(times)}`;
  const text = `{% assign s = "aaaaaaaaaaaaaaaa" %}${"{% assign s = s | append: s %}".repeat(11)}`;
  const alike = `${text}{% assign half = s | slice: 0, 15000 %}{% assign p = half | append: "b" | append: half %}`;
  test.each([
    ["a list in itself that is sorted", `${doubled(20)}{{ a | sort }}`],
    ["a list in itself that is joined", `${doubled(20)}{{ a | join }}`],
    ["a list in itself that is grouped", `${doubled(20)}{{ a | group_by: "x" }}`],
    ["a list in itself that is written", `${doubled(20)}{{ a }}`],
    ["a list in itself that is compared", `${doubled(20)}{% assign b = a | pop | push: a %}{% if a == b %}{% endif %}`],
    [
      "comparisons in one tag",
      `${doubled(13)}{% assign b = a | reverse | reverse %}{% if ${"a == b and ".repeat(1000)} 1 %}{% endif %}`,
    ],
    [
      "cases in one tag",
      `{% assign a = (1..9000) %}{% assign b = a | push: 1 %}{% assign c = a | push: 2 %}{% case b %}{% when c${", c".repeat(5000)} %}{% endcase %}`,
    ],
    ["filters in one tag", `${doubled(11)}{{ a ${"| sort ".repeat(2000)} }}`],
    [
      "a capture of captures",
      `{% assign c = "xxxxxxxx" %}${"{% capture c %}{{ c }}{{ c }}{% endcapture %}".repeat(27)}{{ c | upcase }}`,
    ],
    [
      "a capture in a loop",
      `${text}{% capture c %}{% for i in (1..9000) %}{{ s }}{% endfor %}{% endcapture %}{{ c | upcase }}`,
    ],
    ["a range where counting leads nowhere", "{% for i in (9007199254740992..9007199254740996) %}{% endfor %}"],
    [
      "the same of variables",
      "{% assign a = 9007199254740991 | plus: 1 %}{% assign b = a | plus: 4 %}{{ (a..b) | size }}",
    ],
    ["a long text sought in one like it", `${alike}{{ s ${"| remove: p ".repeat(900)} }}`],
    ["the same in a comparison", `${alike}{% if ${"s contains p or ".repeat(900)} 1 %}{% endif %}`],
    ["a date of a mile", `{{ "now" | date: "${"%A%B%Z".repeat(2600)}" }}`],
  ])("%s", (_name, message) => {
    expect(message.length).toBeLessThan(16_385);
    for (const part of [{ message }, { html: message }]) {
      const began = process.cpuUsage();
      expect(() => renderLoosely(template(part), {})).toThrow(DomainError);
      const { user, system } = process.cpuUsage(began);
      expect(user + system).toBeLessThan(1_000_000);
    }
  });

  test("and nothing that people write", () => {
    const orders = Array.from({ length: 20 }, (_, i) => ({
      id: `A-${i}`,
      day: `2026-11-${(i % 7) + 1}`,
      price: i,
      ok: i % 2 === 0,
    }));
    const html = `{% assign days = orders | sort: "price" | group_by: "day" %}
      {% capture rows %}{% for day in days %}<tr><th>{{ day.name | date: "%A, %d %B %Y" }}</th>
        {% for order in day.items %}<td>{{ order.id | remove: "A-" | escape }} {{ order.price | times: 1.2 | round: 2 }}</td>{% endfor %}
        <td>{{ day.items | map: "price" | sum }} {{ day.items | where: "ok" | size }} {{ orders | map: "id" | join: ", " }}</td></tr>{% endfor %}
      {% endcapture %}<table>${"<!-- styles -->".repeat(1500)}</table>{{ rows | size }}{% for i in (2024..2026) %}{{ i }}{% endfor %}`;
    expect(renderLoosely(template({ html }), { orders }).htmlContent).toMatch(/<\/table>\d{4}202420252026$/);
  });

  test("a filter in a text", () => {
    expect(findTemplateFault("{{ list | where_exp: 'i', 'i > 1' }}")).toMatch(/where_exp/);
  });
});

describe("what a template may not do", () => {
  test.each([
    ["read a file", "{% include '/etc/passwd' %}"],
    ["render another template", "{% render 'x' %}"],
    ["take a layout", "{% layout 'x' %}"],
    ["leave a variable unescaped", "{{ v | raw }}"],
    ["use a filter that does not exist", "{{ v | nothing }}"],
    ["leave a tag open", "{% if v %}"],
    ["leave an output open", "{{ v"],
    ["be longer than it may", "x".repeat(100_001)],
  ])("%s", (_name, source) => {
    expect(findTemplateFault(source)).toBeTypeOf("string");
  });

  test.each([
    [
      "go on for ever",
      "{% for i in (1..100000) %}{% for j in (1..100000) %}{% if i %}{% endif %}{% endfor %}{% endfor %}",
    ],
    [
      "fill the memory",
      "{% assign s = 'aaaaaaaaaa' %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}",
    ],
    ["write without end", "{% for i in (1..400000) %}{{ v }}{% endfor %}"],
  ])("%s", (_name, message) => {
    const began = process.cpuUsage();
    expect(() => renderTemplate(template({ message }), { v: "x".repeat(8000) })).toThrow(DomainError);
    // Of processor time, in microseconds, which no stall of the machine adds to.
    const { user, system } = process.cpuUsage(began);
    expect(user + system).toBeLessThan(3_000_000);
  });
});
