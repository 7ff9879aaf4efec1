import { join } from "node:path";
import { layoutOf, readLayout } from "../setup/layout.ts";
import { prepareApps, prepareImage } from "../setup/prepare.ts";
import { Progress } from "../setup/progress.ts";
import { type TryOut, withProduct } from "../testing/end-to-end.ts";

export type Product = TryOut & {
  instanceImage: string;
  /** Folder of the database, logs and host keys. */
  data: string;
};

/** The product as `npm start` runs it, beside whatever runs already, with nothing in it; `environment` is its alone. */
export async function tryProduct<T>(
  use: (product: Product) => Promise<T>,
  environment: NodeJS.ProcessEnv = {},
): Promise<T> {
  const data = join(readLayout().data, "prove");
  const progress = new Progress();
  const instanceImage = await prepareImage(layoutOf(data), progress);
  await prepareApps(layoutOf(data), progress);
  return withProduct({ data, instanceImage, progress, environment, durable: true }, (product) =>
    use({ ...product, instanceImage, data }),
  );
}
