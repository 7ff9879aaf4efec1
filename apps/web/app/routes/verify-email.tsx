import { Confirmation } from "~/account/confirmation";
import { launch } from "~/launch.client";

export const meta = () => [{ title: "Confirm your e-mail address · OpenClaw Launch" }];

export default function VerifyEmail() {
  return (
    <Confirmation
      title="Confirm your e-mail address"
      subtitle="It shows that the mailbox is yours. Nobody else can do it for you."
      button="Confirm address"
      confirm={(token) => launch.api.auth.email.verify.mutate({ token })}
      done={{
        title: "Your address is confirmed",
        text: "We can help you back in when you forget your password, and warn you when something about your account changes.",
      }}
      expired="Your profile sends you a new one."
    />
  );
}
