import type { apiToken } from "@openclaw-launch/core/tokens/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { Pages } from "@openclaw-launch/ui/pages";
import { useRefresh } from "@openclaw-launch/ui/refresh";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { useToast } from "@openclaw-launch/ui/toast";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { KeySquare, Plus } from "lucide-react";
import { useState } from "react";
import { type Made, MadeToken, NewToken } from "~/account/new-token";
import { titleOfScope } from "~/account/scopes";
import { load } from "~/api.server";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";

type Token = (typeof apiToken)["_output"];

/** So long before its end a token is worth a warning. */
const warnMs = 2 * 86_400_000;

export const meta = () => [{ title: "API tokens · Settings · OpenClaw Launch" }];

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const after = new URL(args.request.url).searchParams.get("after");
    return { ...(await api.apiTokens.list({ cursor: after })), now: args.context.sys.clock.now() };
  });

export default function ApiTokens() {
  const { items, nextCursor, now } = useLoaderData<typeof loader>();
  const refresh = useRefresh();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Made | null>(null);

  function keep(fresh: Made) {
    setMaking(false);
    setMade(fresh);
  }

  /** The list is read again only now: the secret on the page is shown nowhere else. */
  function conclude() {
    setMade(null);
    void refresh();
  }

  const start = (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus size={16} aria-hidden />
      New token
    </Button>
  );
  return (
    <>
      {making && <NewToken onMade={keep} onCancel={() => setMaking(false)} />}
      {made && <MadeToken made={made} onKept={conclude} />}
      {items.length === 0 ? (
        !making &&
        !made && (
          <EmptyState title="No API tokens" action={start}>
            With a token, a program of yours can look after your assistants, without your password.
          </EmptyState>
        )
      ) : (
        <Card
          title="API tokens"
          hint="For programs of yours. Revoke what you no longer use."
          actions={!making && !made && start}
        >
          <ul aria-label="API tokens" className="grid divide-y divide-line">
            {items.map((token) => (
              <TokenRow key={token.id} token={token} now={now} />
            ))}
          </ul>
        </Card>
      )}
      <Pages nextCursor={nextCursor} />
    </>
  );
}

function TokenRow({ token, now }: { token: Token; now: Date }) {
  const { id, name, scope, createdAt, expiresAt, usedAt, usedIp } = token;
  const refresh = useRefresh();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);

  async function revoke() {
    setBusy(true);
    try {
      await launch.api.apiTokens.revoke.mutate({ tokenId: id });
      toast({ tone: "ok", text: `The token “${name}” no longer works.` });
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
    } finally {
      setBusy(false);
      setAsking(false);
      void refresh();
    }
  }

  return (
    <li className="flex items-start gap-3 py-3 first:pt-0 last:pb-0">
      <KeySquare size={18} aria-hidden className="mt-0.5 shrink-0 text-muted" />
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-medium [overflow-wrap:anywhere]">{name}</span>
          <Validity expiresAt={expiresAt} now={now} />
        </p>
        <p className="text-muted">
          {titleOfScope(scope)} · made <RelativeTime date={createdAt} /> ·{" "}
          {usedAt ? (
            <>
              last used <RelativeTime date={usedAt} />
              {usedIp && ` from ${usedIp}`}
            </>
          ) : (
            "never used"
          )}
        </p>
      </div>
      <Button size="small" aria-label={`Revoke ${name}`} onClick={() => setAsking(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Revoke “${name}”?`}
        description="Whatever uses it is refused from now on. This can’t be undone; you can make another."
        action="Revoke"
        busy={busy ? "Revoking…" : null}
        onConfirm={() => void revoke()}
      />
    </li>
  );
}

function Validity({ expiresAt, now }: { expiresAt: Date; now: Date }) {
  const left = expiresAt.getTime() - now.getTime();
  if (left <= 0) return <StateBadge tone="bad" label="Ended" />;
  const ending = (
    <>
      ends <RelativeTime date={expiresAt} />
    </>
  );
  if (left < warnMs) return <StateBadge tone="warn" label={ending} />;
  return <span className="text-muted">{ending}</span>;
}
