import { Button } from "@/components/ui/button";
import { Component, type ReactNode } from "react";

interface Props {
  children: ReactNode;
}

/** Shows a message in place of an empty page when something breaks while it is drawn. */
export class ErrorBoundary extends Component<Props, { hasFailed: boolean }> {
  state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  componentDidCatch(error: unknown) {
    // Hands the error to window.onerror, where tools that watch the page can see it.
    reportError(error);
  }

  render() {
    if (!this.state.hasFailed) {
      return this.props.children;
    }
    return (
      <main className="mx-auto flex min-h-svh max-w-md flex-col items-start justify-center gap-4 px-5">
        <h1 className="text-3xl font-semibold">This page ran into a problem</h1>
        <p className="text-muted-foreground">
          Nothing you saved is lost. Reload the page; if it happens again, the browser's console
          says what went wrong.
        </p>
        <Button onClick={() => window.location.reload()}>Reload the page</Button>
      </main>
    );
  }
}
