import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { ChatBubble } from "@openclaw-launch/ui/chat-bubble";
import { ChatComposer } from "@openclaw-launch/ui/chat-composer";
import { Notice } from "@openclaw-launch/ui/notice";
import { Skeleton } from "@openclaw-launch/ui/skeleton";
import { useEffect, useRef } from "react";
import { useChat } from "~/live/chat";
import { AssistantText } from "./assistant-text";

/** The dashboard's own conversation with a running assistant; answers appear while they are written. */
export function Chat({ instance }: { instance: InstanceView }) {
  const { id, name } = instance;
  const { messages, writing, waiting, problem, live, send } = useChat(id);
  const end = useRef<HTMLDivElement>(null);
  const drafts = Object.entries(writing);
  const length = (messages?.length ?? 0) + drafts.reduce((sum, [, text]) => sum + text.length, 0);

  useEffect(() => {
    if (length > 0) end.current?.scrollIntoView({ block: "end" });
  }, [length]);

  return (
    <div className="flex grow flex-col gap-4">
      <div
        role="log"
        aria-label={`Conversation with ${name}`}
        aria-live="polite"
        className="flex grow flex-col gap-3"
      >
        {messages === null && !problem && <Loading />}
        {messages?.length === 0 && <p className="m-auto py-10 text-muted">Say hello to {name}.</p>}
        {messages?.map((message) =>
          message.role === "user" ? (
            <ChatBubble key={message.id} from="me" author="You">
              <p className="whitespace-pre-wrap">{message.text}</p>
            </ChatBubble>
          ) : (
            <ChatBubble key={message.id} from="assistant" author={name}>
              <AssistantText text={message.text} />
            </ChatBubble>
          ),
        )}
        {drafts.map(([runId, text]) => (
          <ChatBubble key={runId} from="assistant" author={name} pending>
            <AssistantText text={text} />
          </ChatBubble>
        ))}
        {waiting && (
          <p className="flex items-center gap-2 text-muted" role="status">
            <span aria-hidden className="size-2 animate-breathe rounded-full bg-control" />
            {name} is thinking…
          </p>
        )}
        <div ref={end} className="scroll-mb-40" />
      </div>
      <div className="sticky bottom-[calc(3.5rem+env(safe-area-inset-bottom))] -mb-5 grid gap-2 bg-background pt-1 pb-3 md:bottom-0 md:-mb-8 md:pb-6">
        {problem && <Notice tone="bad">{problem}</Notice>}
        {!live && (
          <Notice tone="warn">
            Reconnecting to {name}. Nothing is lost: the conversation catches up by itself.
          </Notice>
        )}
        <ChatComposer
          label={`Message to ${name}`}
          placeholder={`Message ${name}`}
          disabled={messages === null}
          onSend={send}
        />
        <p className="hidden text-center text-[0.85em] text-muted md:block">
          Enter sends, Shift + Enter starts a new line.
        </p>
      </div>
    </div>
  );
}

function Loading() {
  return (
    <div className="grid gap-3">
      <Skeleton className="h-12 w-2/3 rounded-lg" />
      <Skeleton className="ml-auto h-10 w-1/3 rounded-lg" />
      <p className="text-muted">Reading the conversation…</p>
    </div>
  );
}
