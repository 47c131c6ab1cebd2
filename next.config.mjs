/** @type {import("next").NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  // `npm run check` checks the types, once and for everything.
  typescript: { ignoreBuildErrors: true },
  // Said outright: Next would otherwise look for lock files in the folders above and guess.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
};
