import { Notice } from "@openclaw-launch/ui/notice";
import { useLiveInstances } from "~/live/instances";

/** Says when the page is not up to date. */
export function NotLive() {
  const { live, problem } = useLiveInstances();
  if (live) return null;
  return (
    <div className="mb-4">
      <Notice tone="warn" title="Reconnecting">
        {problem ?? "What you see may be a moment old. It catches up by itself."}
      </Notice>
    </div>
  );
}
