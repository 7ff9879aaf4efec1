import { useEffect } from "react";

/**
 * Loads the code of pages before anybody goes there. Browsers break off what they load when a network comes or goes, which the start
 * of an assistant brings about on a machine that is server and desktop at once.
 */
export function usePreloadedPages(names: readonly string[]): void {
  useEffect(() => {
    const { routes } = window.__remixManifest;
    for (const name of names) {
      const page = routes[`routes/${name}`];
      if (page) void import(/* @vite-ignore */ page.module).catch(() => undefined); // loaded again when it is needed
    }
  }, [names]);
}
