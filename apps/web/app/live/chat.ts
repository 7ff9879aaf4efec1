import { type LaunchErrorCode, toLaunchError } from "@openclaw-launch/sdk/errors";
import { useCallback, useEffect, useReducer, useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { converse, emptyConversation, readUndisturbed } from "./conversation";

/** A gateway that takes a new token or restarts is back within seconds. */
const againMs = 2000;
/** No such thing comes back. */
const lasting: readonly LaunchErrorCode[] = ["instance.missing", "auth.required"];
/** What was sent may have come. */
const unanswered: readonly LaunchErrorCode[] = ["client.unreachable", "worker.unreachable"];

/** The dashboard's conversation with a running assistant. After an interruption the history is read again, so nothing is missed. */
export function useChat(instanceId: string) {
  const [conversation, tell] = useReducer(converse, emptyConversation);
  const [live, setLive] = useState(true);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let timer: number | undefined;
    const again = () => {
      setLive(false);
      timer = window.setTimeout(() => setAttempt((before) => before + 1), againMs);
    };
    let ended = 0;
    const readHistory = () =>
      readUndisturbed(
        () => launch.api.instances.chat.history.query({ instanceId }),
        () => ended,
      ).then(
        (messages) => tell({ kind: "history", messages }),
        (error: unknown) => tell({ kind: "problem", text: textOfError(error) }),
      );
    const stream = launch.api.instances.chat.events.subscribe(
      { instanceId },
      {
        onStarted: () => {
          setLive(true);
          void readHistory();
        },
        onData: (event) => {
          if (event.kind !== "delta") ended += 1;
          tell(event);
        },
        onConnectionStateChange: ({ state, error }) => setLive(state === "pending" || !error),
        onComplete: again,
        onError: (error) => {
          tell({ kind: "problem", text: textOfError(error) });
          if (!lasting.includes(toLaunchError(error).code)) again();
        },
      },
    );
    return () => {
      clearTimeout(timer);
      stream.unsubscribe();
    };
  }, [instanceId, attempt]);

  const { lost, ...shown } = conversation;
  /** Whether the assistant got it. */
  const send = useCallback(
    async (text: string): Promise<boolean> => {
      const messageId = lost?.text === text ? lost.id : crypto.randomUUID();
      try {
        const sent = launch.api.instances.chat.send.mutate({ instanceId, messageId, text });
        tell({ kind: "sent", message: { id: messageId, role: "user", text, at: new Date() } });
        await sent;
        return true;
      } catch (error) {
        const isLost = unanswered.includes(toLaunchError(error).code);
        tell({ kind: "refused", messageId, isLost, text: textOfError(error) });
        return false;
      }
    },
    [instanceId, lost],
  );

  return { ...shown, live, send };
}
