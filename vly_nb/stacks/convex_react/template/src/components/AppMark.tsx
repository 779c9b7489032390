import { APP_NAME } from "@/lib/site";
import { Link } from "react-router";

/** The logo and the app's name, as a link to the landing page. */
export function AppMark() {
  return (
    <Link
      to="/"
      className="flex items-center gap-2.5 rounded-md font-display text-lg font-bold outline-none focus-visible:ring-3 focus-visible:ring-ring/60"
    >
      <svg viewBox="0 0 32 32" className="size-8" aria-hidden="true">
        <rect width="32" height="32" rx="9" className="fill-primary" />
        <path
          d="M9 16.5l5 5L23.5 11"
          className="fill-none stroke-highlight dark:stroke-primary-foreground"
          strokeWidth="4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      {APP_NAME}
    </Link>
  );
}
