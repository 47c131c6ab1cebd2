"use client";

export type MailTheme = "light" | "dark";

export interface MailFrameProps {
  html: string;
  theme: MailTheme;
  title: string;
}

const darkQuery = "(prefers-color-scheme: dark)";

/** A mail as a light or a dark program for mail shows it, in a frame that runs nothing and is of no origin. */
export function MailFrame({ html, theme, title }: MailFrameProps) {
  return (
    <iframe
      title={title}
      sandbox=""
      referrerPolicy="no-referrer"
      // The reader's own theme is another matter: the mail's rules for dark ones hold always or never.
      srcDoc={html.replaceAll(darkQuery, theme === "dark" ? "all" : "not all")}
      className={`h-[30rem] w-full rounded-lg border border-line ${theme === "dark" ? "bg-[#0c0e10]" : "bg-white"}`}
    />
  );
}
