import { fileURLToPath } from "node:url";
import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

declare module "@remix-run/node" {
  interface Future {
    v3_singleFetch: true;
  }
}

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [
    tailwindcss(),
    remix({
      future: {
        v3_fetcherPersist: true,
        // So few pages that the browser may know them all.
        v3_lazyRouteDiscovery: false,
        v3_relativeSplatPath: true,
        v3_routeConfig: true,
        v3_singleFetch: true,
        v3_throwAbortReason: true,
      },
    }),
  ],
  resolve: { alias: { "~": fileURLToPath(new URL("./app", import.meta.url)) } },
  ssr: { noExternal: ["@openclaw-launch/ui", "@openclaw-launch/sdk", "react-markdown", "remark-gfm"] },
  worker: { format: "es" },
  build: {
    assetsInlineLimit: 0,
    target: "es2022",
    // Core and server run from their sources in every server process; everything else is part of the build.
    ...(isSsrBuild && { rollupOptions: { external: [/^@openclaw-launch\/(core|server)\//] } }),
  },
}));
