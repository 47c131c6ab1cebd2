interface Step {
  title: string;
  text: string;
  href: string;
}

/** What somebody does first with a new tenant: nothing that the role bars. */
export function firstSteps(base: string, manages: boolean): Step[] {
  const reading = {
    title: "Send a first message",
    text: "The quick start, in four languages.",
    href: "/docs/guides/quick-start-chat",
  };
  if (!manages) return [reading];
  return [
    { title: "Make an API key", text: "What your back end calls with; shown once.", href: `${base}/keys?create=true` },
    reading,
    // The hosted chat itself lets in whoever has a token alone.
    { title: "See what your users see", text: "Add one and act as them, in the hosted chat.", href: `${base}/users` },
    { title: "Send a notification", text: "To yourself, to see how it looks.", href: `${base}/notifications/new` },
  ];
}
