import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { IconButton } from "./icon-button.tsx";

type CopyButtonProps = {
  text: string;
  label: string;
  /** With the label beside the icon. */
  labelled?: boolean;
};

export function CopyButton({ text, label, labelled = false }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  const icon = copied ? <Check size={16} aria-hidden className="text-ok" /> : <Copy size={16} aria-hidden />;
  const shown = copied ? "Copied" : label;
  if (!labelled) return <IconButton label={shown} icon={icon} onClick={copy} />;
  return (
    <Button onClick={copy}>
      {icon}
      {shown}
    </Button>
  );
}
