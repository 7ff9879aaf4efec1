import { data } from "@remix-run/node";

export const loader = () => {
  throw data(null, { status: 404 });
};

/** No page has this address: the root's error page answers. */
export default function NoPage() {
  return null;
}
