import { useCallback, useEffect, useRef, useState } from "react";
import { openChannel } from "../../client/open-channel.ts";
import { keepCookie } from "./keep-cookie.ts";
import { showTheme, THEME_COOKIE, THEMES, type Theme } from "./theme.ts";

/** The theme and the switch for it; the same in all tabs of this browser. */
export function useTheme(initial: Theme): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(initial);
  const tabs = useRef<BroadcastChannel>(undefined);

  useEffect(() => {
    const channel = openChannel(THEME_COOKIE);
    if (!channel) return;
    tabs.current = channel;
    channel.onmessage = ({ data }) => {
      const told = THEMES.find((one) => one === data);
      if (!told) return;
      showTheme(told);
      setTheme(told);
    };
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
