import { APP_NAME } from "@/lib/site";

export function SiteFooter() {
  return (
    <footer className="border-t">
      <div className="mx-auto flex max-w-6xl flex-col gap-1 px-5 py-8 text-sm text-muted-foreground sm:flex-row sm:justify-between sm:px-8">
        <p>
          © {new Date().getFullYear()} {APP_NAME}
        </p>
        <p>Made for the small things.</p>
      </div>
    </footer>
  );
}
