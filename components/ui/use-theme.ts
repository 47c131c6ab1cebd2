import { useCallback, useEffect, useRef, useState } from "react";
import { keepCookie } from "./keep-cookie.ts";
import { openChannel } from "./open-channel.ts";
import { showTheme, THEME_COOKIE, THEMES, type Theme } from "./theme.ts";

/** The theme and the switch for it; the same in all tabs of this browser. */
export function useTheme(initial: Theme): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(initial);
  const tabs = useRef<BroadcastChannel>(undefined);

  useEffect(() => {
    const channel = openChannel(THEME_COOKIE);
    if (!channel) return;
    tabs.current = channel;
    const hear = (data: unknown) => {
      const told = THEMES.find((one) => one === data);
      if (!told) return;
      showTheme(told);
      setTheme(told);
    };
    channel.onmessage = ({ data }) => hear(data);
    // Chosen while this page was on its way.
    hear(new RegExp(`${THEME_COOKIE}=(\\w+)`, "u").exec(document.cookie)?.[1]);
    return () => channel.close();
  }, []);

  const choose = useCallback((next: Theme) => {
    keepCookie(THEME_COOKIE, next);
    showTheme(next);
    setTheme(next);
    tabs.current?.postMessage(next);
  }, []);
  return [theme, choose];
}
