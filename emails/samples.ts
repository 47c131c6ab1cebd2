import { createElement } from "react";
import { renderAway } from "./away.tsx";
import type { Brand } from "./brand.ts";
import { renderDigest } from "./digest.tsx";
import { InvitationMail } from "./invitation.tsx";
import { type RenderedMail, renderMail } from "./render.ts";
import { renderNotification } from "./render-notification.ts";
import { ResetMail } from "./reset.tsx";
import { SignInMail } from "./sign-in.tsx";

const links = { open: "https://chat.example/inbox/ferries", unsubscribe: "https://chat.example/u/ferries.abc.def" };
const mayEnd = { openUrl: links.open, unsubscribeUrl: links.unsubscribe };
const late = {
  subject: "The 9:40 from Montijo is late",
  message:
    "It leaves at ten.\nPlease wait at pier 4: https://ferries.example/piers/4?line=montijo&from=a-mail-about-a-delay",
};
/** As sanitised: what callers may send of HTML. */
const html = `<h2>It leaves at <b>ten</b></h2><p>Please wait at <a href="https://ferries.example/4">pier 4</a>.</p>
<ul><li>Your ticket stays good.</li><li>Bicycles go first.</li></ul><blockquote>Wind from the south-west</blockquote>
<table><tbody><tr><th>Line</th><th>Leaves</th></tr><tr><td>Montijo</td><td>10:00</td></tr></tbody></table>`;
/** With colours of its own, as HTML that was written for a light ground has them. */
const colouredHtml = `<div style="background-color:#fff8e1;padding:12px"><p>Gold <span style="color:#7a4b00">members</span> board first.</p></div>
<p style="color:#333333">The others follow.</p>`;
const items = [
  { ...late, at: "Thursday 09:12" },
  { subject: "New timetable", message: "From Monday on.", at: "Thursday 11:40" },
];
const messages = [
  { sender: "Ben", text: "Where are you?\nWe cast off.", at: "Thursday 09:12" },
  {
    sender: "Duarte Figueiredo",
    text: `See ${"https://ferries.example/"}${"a-long-way/".repeat(12)}`,
    at: "Thursday 09:14",
  },
];

/** One of each mail in a tenant's dress, for whoever looks at them. */
export async function renderSamples(brand: Brand): Promise<({ name: string } & RenderedMail)[]> {
  const invited = { inviter: "Ines Carvalho", role: "support", url: "https://chat.example/invite/abc" };
  const mails = {
    notification: renderNotification(late, brand, links),
    html: renderNotification({ ...late, htmlContent: html }, brand, links),
    coloured: renderNotification({ ...late, htmlContent: colouredHtml }, brand, links),
    digest: renderDigest({ ...{ brand, items, ...mayEnd }, title: "Your digest: 5 notifications", more: 3 }),
    away: renderAway({
      ...{ brand, messages, ...mayEnd },
      title: "3 unread messages in Boat crew",
      count: 3,
      url: links.open,
    }),
    invitation: renderMail(createElement(InvitationMail, { brand, ...invited, expires: "2026-12-03 09:12 UTC" })),
    "sign-in": renderMail(
      createElement(SignInMail, { brand, url: "https://chat.example/sign-in?link=abc", minutes: 10 }),
    ),
    reset: renderMail(createElement(ResetMail, { brand, url: "https://chat.example/reset?token=abc", minutes: 60 })),
  };
  return await Promise.all(Object.entries(mails).map(async ([name, mail]) => ({ name, ...(await mail) })));
}
