import { createElement } from "react";
import { renderToReadableStream } from "react-dom/server.browser";
import { expect, test } from "vitest";
import { Markdown } from "./markdown.tsx";

test.each([">".repeat(3_000), "> ".repeat(3_000), "- ".repeat(2_000), `hello\n${"1. > ".repeat(2_000)}`])(
  "what is nested beyond all sense is shown as it was written: %.12s",
  async (nested) => {
    const failures: unknown[] = [];
    const page = await renderToReadableStream(createElement(Markdown, { text: `${nested}a` }), {
      onError: (error) => void failures.push(error),
    });
    await page.allReady;
    expect(failures).toEqual([]);
    expect(await new Response(page).text()).toMatch(/^<p class="whitespace-pre-wrap">/u);
  },
);
