import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { renderSamples } from "../emails/samples.ts";

const looks = [
  { name: "light", viewport: { width: 700, height: 600 }, colorScheme: "light" },
  { name: "dark", viewport: { width: 700, height: 600 }, colorScheme: "dark" },
  { name: "360", viewport: { width: 360, height: 600 }, colorScheme: "light" },
  { name: "360-dark", viewport: { width: 360, height: 600 }, colorScheme: "dark" },
] as const;

const logo = `<svg xmlns="http://www.w3.org/2000/svg" width="210" height="60" viewBox="0 0 210 60"><path d="M5 40h55l-9 14H14zM18 36V12l30 24z"
fill="#c2410c"/><text x="72" y="44" font-family="sans-serif" font-size="30" font-weight="700" fill="#c2410c">Ferries</text></svg>`;

/** Each kind of mail as a light and a dark program for mail shows it, wide and narrow: with the tenant's logo, and with its name alone. */
export async function shootMails(browser: Browser, folder: string, isWanted: (name: string) => boolean): Promise<void> {
  const brand = { name: "Lighthouse Ferries", colour: "#c2410c", logoUrl: "https://ferries.example/logo.svg" };
  const mails = await renderSamples(brand);
  const bare = (await renderSamples({ ...brand, logoUrl: undefined })).slice(0, 1);
  const shown = [...mails, ...bare.map((mail) => ({ ...mail, name: `${mail.name}-bare` }))].map(({ name, html }) => ({
    name: `mail-${name}`,
    html,
  }));
  for (const { name: look, ...how } of looks) {
    const context = await browser.newContext(how);
    const page = await context.newPage();
    await page.route(brand.logoUrl, (route) => route.fulfill({ contentType: "image/svg+xml", body: logo }));
    for (const { name, html } of shown.filter((mail) => isWanted(mail.name))) {
      await page.setContent(html, { waitUntil: "load" });
      await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
      console.log(`${name}-${look}.png`);
    }
    await context.close();
  }
}
