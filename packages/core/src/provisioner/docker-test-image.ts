import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { pack } from "tar-stream";

/** Stands in for OpenClaw where tests need a program that does what they say, on the very base that assistants run on. */
const program = `
import { createServer } from "node:http";
const orders = {
  print: (text) => console.log(text),
  exit: (code) => process.exit(Number(code)),
  hog: () => { const kept = []; for (;;) kept.push(Buffer.alloc(2 ** 22, 1)); },
};
createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  response.end("done", () => orders[request.url.slice(1)](body));
}).listen(18789);
process.on("SIGTERM", () => process.exit(0));
`;
const command = '#!/bin/sh\necho "$0: $*"; exit 7\n';

/** The label says that this is not the instance image: it would become its own base, one layer higher each time. */
const dockerfile = (base: string) => `
FROM ${base}
LABEL org.openclaw-launch=test
COPY program.mjs /program.mjs
COPY openclaw /usr/local/bin/openclaw
CMD ["node", "/program.mjs"]
`;

/** Builds the image on the instance image that this engine has; returns its name. */
export async function buildTestImage(docker: Docker): Promise<string> {
  const [base] = await docker.listImages({ filters: { label: ["org.openclaw-launch=openclaw"] } });
  if (!base) throw new Error("The instance image isn't built: npm start or npm test builds it.");
  return build(docker, "openclaw-launch/engine-test:latest", [
    { name: "Dockerfile", content: dockerfile(base.Id) },
    { name: "program.mjs", content: program },
    { name: "openclaw", content: command, mode: 0o755 },
  ]);
}

/** Nothing is in it. */
export const buildLabelledImage = (docker: Docker, label: string): Promise<string> =>
  build(docker, "openclaw-launch/label-test:latest", [
    { name: "Dockerfile", content: `FROM scratch\nLABEL ${label}\n` },
  ]);

type File = { name: string; content: string; mode?: number };

async function build(docker: Docker, name: string, files: File[]): Promise<string> {
  const context = pack();
  for (const { content, ...header } of files) context.entry({ mode: 0o644, ...header }, content);
  context.finalize();
  const progress = await docker.buildImage(Readable.from(await buffer(context)), { t: name, q: true });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error: Error | null) => (error ? reject(error) : resolve()));
  });
  return name;
}
