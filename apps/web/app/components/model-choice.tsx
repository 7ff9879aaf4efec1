import type { modelsOutput } from "@openclaw-launch/core/instances/schema";
import { Choice } from "@openclaw-launch/ui/choice";
import type { z } from "zod";

export type Model = z.infer<typeof modelsOutput>["models"][number];

const round = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
const price = new Intl.NumberFormat("en", { style: "currency", currency: "USD", minimumFractionDigits: 2 });

/** Models with their price in messages; the exact prices on hover. */
export function ModelChoice({
  models,
  value,
  onChange,
}: {
  models: readonly Model[];
  value: string;
  onChange: (id: string) => void;
}) {
  return (
    <Choice
      label="Model"
      value={value}
      onChange={onChange}
      options={models.map((model) => ({
        value: model.id,
        title: model.name,
        hint: model.hint,
        aside: (
          <span
            title={`${price.format(model.promptPrice)} per million tokens read, ${price.format(model.completionPrice)} per million written`}
          >
            about <strong className="font-semibold text-text">{round.format(model.messagesPerDollar)}</strong>{" "}
            <br className="max-sm:hidden" />
            messages for $1
          </span>
        ),
      }))}
    />
  );
}
