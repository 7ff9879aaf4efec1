import { Download } from "lucide-react";
import { Button } from "./button.tsx";

type DownloadButtonProps = {
  label: string;
  fileName: string;
  type: "text/plain" | "text/csv";
  /** Asked when the button is pressed. */
  content: () => string;
  size?: "small" | "medium";
};

/** Makes a file of what this page knows; nothing is asked of the server. */
export function DownloadButton({ label, fileName, type, content, size = "medium" }: DownloadButtonProps) {
  function download() {
    const address = URL.createObjectURL(new Blob([content()], { type: `${type};charset=utf-8` }));
    const link = Object.assign(document.createElement("a"), { href: address, download: fileName });
    link.click();
    URL.revokeObjectURL(address);
  }
  return (
    <Button size={size} onClick={download}>
      <Download size={16} aria-hidden />
      {label}
    </Button>
  );
}
