import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import type { Command } from "@openclaw-launch/ui/command-palette";
import { Bot, MonitorSmartphone, Play, RotateCw, ScrollText, Square } from "lucide-react";
import { badges } from "~/status";
import type { CommandName } from "./commands";

type Means = {
  go: (path: string) => void;
  command: (name: CommandName, instance: InstanceView) => Promise<boolean>;
};

/** What the command palette offers for one assistant. */
export function assistantCommands(instance: InstanceView, { go, command }: Means): Command[] {
  const { id, name, status } = instance;
  const path = `/assistants/${id}`;
  const give = (wish: CommandName) => () => void command(wish, instance);
  return [
    {
      id,
      label: `Go to ${name}`,
      hint: badges[status].label,
      icon: <Bot size={18} aria-hidden />,
      run: () => go(path),
    },
    {
      id: `${id}-logs`,
      label: `Logs of ${name}`,
      icon: <ScrollText size={18} aria-hidden />,
      run: () => go(`${path}/logs`),
    },
    {
      id: `${id}-devices`,
      label: `Devices of ${name}`,
      icon: <MonitorSmartphone size={18} aria-hidden />,
      run: () => go(`${path}/devices`),
    },
    ...(canStart(instance)
      ? [
          {
            id: `${id}-start`,
            label: `Start ${name}`,
            icon: <Play size={18} aria-hidden />,
            run: give("start"),
          },
        ]
      : []),
    ...(status === "running"
      ? [
          {
            id: `${id}-stop`,
            label: `Stop ${name}`,
            icon: <Square size={18} aria-hidden className="fill-current" />,
            run: give("stop"),
          },
          {
            id: `${id}-restart`,
            label: `Restart ${name}`,
            icon: <RotateCw size={18} aria-hidden />,
            run: give("restart"),
          },
        ]
      : []),
  ];
}

export const canStart = ({ status, configRevision }: InstanceView): boolean =>
  configRevision !== null && (status === "stopped" || status === "failed");
export const canStop = ({ status }: InstanceView): boolean => status === "running" || status === "starting";
