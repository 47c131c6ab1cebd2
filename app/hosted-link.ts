import type { ComponentProps, MouseEvent } from "react";

export interface HostedLinkOptions {
  /** Makes the address one for a tab of its own. */
  carry: (href: string) => string;
  /** Goes there in this tab. */
  follow: (href: string) => void;
}

/**
 * A link from one hosted page to another. Who one is, is in the document's memory alone: in this tab it is followed without leaving the
 * document. A new tab is given it on the way, from the press on until the browser has followed: at no other time is there a token in
 * the link, which may be copied.
 */
export function hostedLink(
  href: string,
  { carry, follow }: HostedLinkOptions,
): Pick<ComponentProps<"a">, "href" | "onClick" | "onAuxClick"> {
  const toNewTab = ({ currentTarget: link }: MouseEvent<HTMLAnchorElement>) => {
    link.href = carry(href);
    setTimeout(() => {
      link.href = href;
    });
  };
  return {
    href,
    onClick: (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return toNewTab(event);
      event.preventDefault();
      follow(href);
    },
    onAuxClick: (event) => event.button === 1 && toNewTab(event),
  };
}
