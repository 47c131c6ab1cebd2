const AGAIN_AFTER_MS = 5_000;

/**
 * For `lazy`: what cannot be loaded, as there is no line for example, is asked for again until it can. Told of the failure React would
 * take away the whole page, over a menu that somebody has only pointed at.
 */
export function untilLoaded<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => {
    for (;;) {
      try {
        return await load();
      } catch (error) {
        console.info("A part of the page is loaded again, with the line or in a while.", error);
        await lineOrPause();
      }
    }
  };
}

function lineOrPause(): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, AGAIN_AFTER_MS);
    window.addEventListener("online", go);
  });
}
