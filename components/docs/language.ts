/** Which language's tab is open, on every page. Read on the server, so that the right one is there with the first byte. */
export const LANGUAGE_COOKIE = "parley-language";
