import { PageHeader } from "@openclaw-launch/ui/page-header";
import { Tabs } from "@openclaw-launch/ui/tabs";
import { Outlet } from "@remix-run/react";

const tabs = [
  { label: "Profile", to: "/settings", end: true },
  { label: "Security", to: "/settings/security" },
  { label: "Sessions", to: "/settings/sessions" },
  { label: "API tokens", to: "/settings/tokens" },
];

export default function Settings() {
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs label="Parts of the settings" tabs={tabs} />
      <div className="grid max-w-3xl gap-4 pt-5">
        <Outlet />
      </div>
    </>
  );
}
