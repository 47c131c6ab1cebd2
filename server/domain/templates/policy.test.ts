import { describe, expect, test } from "vitest";
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
    const began = performance.now();
    expect(() => renderTemplate(template({ message }), { v: "x".repeat(8000) })).toThrow(DomainError);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});
