import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { cn } from "@/lib/utils";
import { PlugIcon } from "lucide-react";

interface Props {
  title: string;
  description: string;
  className?: string;
}

/** Says, calmly, that there is no backend yet, and how to get one. */
export function SetupNotice({ title, description, className }: Props) {
  return (
    <Card role="status" className={cn("gap-4", className)}>
      <CardHeader>
        <CardTitle className="flex items-center gap-3">
          <span className="flex size-9 shrink-0 items-center justify-center rounded-full bg-highlight text-highlight-foreground">
            <PlugIcon className="size-4.5" aria-hidden />
          </span>
          {title}
        </CardTitle>
        <CardDescription className="text-base">{description}</CardDescription>
      </CardHeader>
      <CardContent>
        <ol className="list-decimal space-y-2 pl-5 text-sm marker:font-semibold marker:text-muted-foreground">
          <li>
            Run <Code>npx convex dev</Code> in the project's folder. It makes a backend and saves
            its address as <Code>VITE_CONVEX_URL</Code>.
          </li>
          <li>Start the page again, so that it reads the address.</li>
        </ol>
      </CardContent>
    </Card>
  );
}

/** The same in one line, for a page that is complete without a backend. */
export function SetupStrip() {
  return (
    <aside aria-label="Setup" className="border-b bg-secondary text-sm text-secondary-foreground">
      <p className="mx-auto flex max-w-6xl items-start gap-3 px-5 py-3 sm:px-8">
        <PlugIcon className="mt-0.5 size-4 shrink-0" aria-hidden />
        <span>
          <strong>No backend yet.</strong> You can look around. To sign in and save tasks, run{" "}
          <Code>npx convex dev</Code>, which sets <Code>VITE_CONVEX_URL</Code>, and start the page
          again.
        </span>
      </p>
    </aside>
  );
}

function Code({ children }: { children: string }) {
  return (
    <code className="rounded-sm border bg-background px-1.5 py-0.5 font-mono text-[0.85em] wrap-anywhere text-foreground">
      {children}
    </code>
  );
}
