"use client";

import { useState, useSyncExternalStore } from "react";

/** Nothing in it runs, calls anybody or leaves the frame; same origin only so that its height can be read. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const STYLE =
  "html{color-scheme:light dark}body{margin:0;padding:12px;font:14px/1.6 system-ui,sans-serif;overflow-wrap:anywhere;background:light-dark(#fff,#13161a);color:light-dark(#16191b,#eceeef)}a{color:light-dark(#0b6b62,#4fd1bd)}img{max-width:100%}table{max-width:100%}";

/** Pictures of other places become their words, so that the browser need not be kept from fetching them. */
function withoutPictures(html: string): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const picture of body.querySelectorAll("img")) {
    if (picture.getAttribute("src")?.startsWith("data:")) continue;
    picture.replaceWith(`[${picture.alt || "picture"}]`);
  }
  return body.innerHTML;
}

/** The service has sanitised it; here it is in a sandbox besides. Pictures are not fetched: they would tell who reads. */
export function HtmlContent({ html, title }: { html: string; title: string }) {
  const [height, setHeight] = useState(80);
  const theme = useSyncExternalStore(onTheme, themeNow, () => "system");
  const scheme = theme === "system" ? "" : `<style>html{color-scheme:${theme}}</style>`;
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><base target="_blank"><style>${STYLE}</style>${scheme}<body>${withoutPictures(html)}`;
  return (
    <iframe
      title={title}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      srcDoc={page}
      onLoad={(event) => setHeight(Math.min(800, event.currentTarget.contentDocument?.body.scrollHeight ?? height))}
      className="w-full rounded-lg border border-line"
      style={{ height }}
    />
  );
}

function themeNow(): string {
  return document.documentElement.dataset.theme ?? "system";
}

/** The frame has a document of its own: what is switched around it does not reach in. */
function onTheme(tell: () => void): () => void {
  const observer = new MutationObserver(tell);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}
