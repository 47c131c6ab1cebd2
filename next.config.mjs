import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";

// The emoji picker fetches its names; from here, and not from somebody else's server.
const emoji = join(import.meta.dirname, "public/emojibase/en");
mkdirSync(emoji, { recursive: true });
for (const file of ["data.json", "messages.json"])
  cpSync(join(import.meta.dirname, "node_modules/emojibase-data/en", file), join(emoji, file));

/** @type {import("next").NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  // That of the sources, so that nodes which were built each in a folder of its own pass for one: between two builds of different ids
  // every link is a load of the whole page.
  generateBuildId: () => process.env.PAGES_FINGERPRINT ?? null,
  // `npm run check` checks the types, once and for everything.
  typescript: { ignoreBuildErrors: true },
  // Each page of the documentation as plain Markdown, beside the page itself.
  rewrites: async () => ({
    beforeFiles: [
      { source: "/docs.md", destination: "/markdown/guides/overview" },
      { source: "/docs/:path(.+)\\.md", destination: "/markdown/:path" },
    ],
  }),
  // Said outright: Next would otherwise look for lock files in the folders above and guess.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
};
