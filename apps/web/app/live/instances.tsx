import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { leaveSignedOut } from "~/account/sign-out";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { answered, newest, told } from "./known-instances";

type LiveInstances = {
  /** Everything heard of so far, by id. */
  known: ReadonlyMap<string, InstanceView>;
  /** False while the stream is interrupted; it catches up by itself. */
  live: boolean;
  /** What the reader can do about an interruption. */
  problem: string | null;
  /** Shows the answer to a command before the stream tells of it. */
  note: (instance: InstanceView) => void;
};

const Context = createContext<LiveInstances>({
  known: new Map(),
  live: true,
  problem: null,
  note: () => undefined,
});

/** One stream per page for the state of all of the caller's assistants. */
export function LiveInstancesProvider({ children }: { children: ReactNode }) {
  const [known, setKnown] = useState<ReadonlyMap<string, InstanceView>>(new Map());
  const [live, setLive] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);
  const note = useCallback((instance: InstanceView) => setKnown((before) => answered(before, instance)), []);

  useEffect(() => {
    const stream = launch.api.instances.changes.subscribe(
      {},
      {
        onData: (instance) => setKnown((before) => told(before, instance)),
        onConnectionStateChange: ({ state, error }) => {
          setLive(state === "pending" || (state === "connecting" && !error));
          // The connection's own end comes right after the reason for it.
          if (error && toLaunchError(error).code === "live.limit-reached") setProblem(textOfError(error));
          else if (state === "pending") setProblem(null);
        },
        onError: (error) =>
          toLaunchError(error).code === "auth.required" ? void leaveSignedOut() : setLive(false),
      },
    );
    return () => stream.unsubscribe();
  }, []);

  const value = useMemo(() => ({ known, live, problem, note }), [known, live, problem, note]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export const useLiveInstances = () => useContext(Context);

/** The newest of what the page was loaded with and what the stream told since. */
export function useInstance(loaded: InstanceView): InstanceView {
  return newest(loaded, useLiveInstances().known.get(loaded.id));
}

/** As `useInstance`, for a list: deleted ones go and, on the page that starts with the newest (`whole`), new ones come first. */
export function useInstances(loaded: readonly InstanceView[], { whole }: { whole: boolean }): InstanceView[] {
  const { known } = useLiveInstances();
  const ids = new Set(loaded.map(({ id }) => id));
  const others = whole ? [...known.values()].filter(({ id }) => !ids.has(id)) : [];
  return [
    ...others.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()),
    ...loaded.map((instance) => newest(instance, known.get(instance.id))),
  ].filter(({ status }) => status !== "removed");
}
