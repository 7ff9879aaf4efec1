import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { Gamepad2, Globe, Send } from "lucide-react";

const icons = { telegram: Send, discord: Gamepad2 };
const names = { telegram: "Telegram", discord: "Discord" };

/** Other chats than ours come by the name that OpenClaw has for them. */
export const channelName = (channel: string): string =>
  new Map(Object.entries(names)).get(channel) ?? channel;

/** Where the assistant can be reached; the browser is always one of them. */
export function ChannelIcons({ channels }: { channels: InstanceView["channels"] }) {
  const all = ["Browser", ...channels.map((channel) => names[channel])].join(", ");
  return (
    <span
      role="img"
      aria-label={`Answers in: ${all}`}
      title={all}
      className="inline-flex shrink-0 items-center gap-1.5"
    >
      <Globe size={14} aria-hidden />
      {channels.map((channel) => {
        const Icon = icons[channel];
        return <Icon key={channel} size={14} aria-hidden />;
      })}
    </span>
  );
}
