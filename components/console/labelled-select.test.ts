import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { LabelledSelect } from "./labelled-select.tsx";

const shown = (more: object) =>
  renderToStaticMarkup(
    createElement(LabelledSelect, {
      label: "Topic",
      value: "",
      options: [{ value: "", label: "Choose one" }],
      onChange: () => {},
      ...more,
    }),
  );

test("what is wrong with a list is read with it, and one that is required cannot be sent empty", () => {
  const wrong = shown({ hint: "One of yours", error: "must not be empty", required: true });
  const [, described = ""] = /aria-describedby="([^"]*)"/.exec(wrong) ?? [];
  const texts = described.split(" ").map((id) => wrong.split(`id="${id}"`)[1]?.match(/>([^<]*)</)?.[1]);
  expect(texts).toEqual(["One of yours", "must not be empty"]);
  expect(wrong).toMatch(/<select[^>]* required=""/);
  expect(wrong).toContain('aria-invalid="true"');
});

test("a list with which nothing is wrong says nothing of it", () => {
  expect(shown({})).not.toMatch(/aria-describedby|aria-invalid="|required=/);
});
