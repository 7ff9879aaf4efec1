// What a page knows of its assistants, as pure functions of what it heard.
import type { InstanceView } from "@openclaw-launch/core/instances/schema";

type Known = ReadonlyMap<string, InstanceView>;

/** The stream tells of everything in the order in which it happened. */
export const told = (known: Known, instance: InstanceView): Known =>
  new Map(known).set(instance.id, instance);

/** The answer to a command may come before what the stream tells of it, or long after. */
export const answered = (known: Known, instance: InstanceView): Known =>
  told(known, newest(instance, known.get(instance.id)));

/** Nothing comes after a removal, of which not every message has a time of its own. */
export function newest(loaded: InstanceView, heard: InstanceView | undefined): InstanceView {
  if (!heard || loaded.status === "removed") return loaded;
  return heard.status === "removed" || heard.updatedAt >= loaded.updatedAt ? heard : loaded;
}
