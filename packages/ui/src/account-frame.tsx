import type { ReactNode } from "react";
import { BrandMark } from "./brand.tsx";

type AccountFrameProps = {
  product: string;
  title: string;
  subtitle?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
};

/** Frame of the pages before signing in. */
export function AccountFrame({ product, title, subtitle, children, footer }: AccountFrameProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="px-4 py-4 md:px-8">
        <a href="/" className="inline-flex items-center gap-2.5 rounded-md font-semibold">
          <BrandMark size={28} />
          {product}
        </a>
      </header>
      <main className="mx-auto grid w-full max-w-md grow content-center gap-6 px-4 pt-6 pb-24">
        <div>
          <h1 className="text-2xl font-semibold">{title}</h1>
          {subtitle && <p className="mt-1 text-muted">{subtitle}</p>}
        </div>
        {children}
        {footer && <p className="text-muted">{footer}</p>}
      </main>
    </div>
  );
}
