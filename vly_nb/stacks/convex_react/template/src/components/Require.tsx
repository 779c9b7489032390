import { PageLayout } from "@/components/PageLayout";
import { SetupNotice } from "@/components/SetupNotice";
import { Skeleton } from "@/components/ui/skeleton";
import { useAuth } from "@/hooks/use-auth";
import { convex } from "@/lib/convex";
import { useConvexConnectionState } from "convex/react";
import type { ReactNode } from "react";
import { Navigate, useLocation } from "react-router";

interface Props {
  children: ReactNode;
}

/** Shows what is inside once a backend is set up; until then, how to set it up. */
export function RequireBackend({ children }: Props) {
  if (convex) {
    return children;
  }
  return (
    <PageLayout title="No backend yet">
      <div className="mx-auto max-w-xl px-5 py-16 sm:py-24">
        <h1 className="mb-6 text-4xl font-semibold">Almost there</h1>
        <SetupNotice
          title="This page needs a backend"
          description="Signing in and saving tasks are done by Convex, and this app isn't connected to it yet."
        />
      </div>
    </PageLayout>
  );
}

/** Shows what is inside to people who are signed in, and sends everyone else to sign in first. */
export function RequireAuth({ children }: Props) {
  return (
    <RequireBackend>
      <SignedInOnly>{children}</SignedInOnly>
    </RequireBackend>
  );
}

function SignedInOnly({ children }: Props) {
  const { isLoading, isAuthenticated } = useAuth();
  const { pathname } = useLocation();

  if (isLoading) {
    return <LoadingPage />;
  }
  if (!isAuthenticated) {
    return <Navigate to={`/auth?next=${encodeURIComponent(pathname)}`} replace />;
  }
  return children;
}

function LoadingPage() {
  const { hasEverConnected, connectionRetries } = useConvexConnectionState();
  return (
    <PageLayout title="Loading">
      <div className="mx-auto max-w-2xl space-y-4 px-5 py-14" aria-busy="true">
        <p role="status" className={hasEverConnected || connectionRetries < 2 ? "sr-only" : ""}>
          {hasEverConnected || connectionRetries < 2
            ? "Loading"
            : "The backend doesn't answer yet. Still trying: is it running?"}
        </p>
        <Skeleton className="h-10 w-48" />
        <Skeleton className="h-12 w-full" />
        <Skeleton className="h-40 w-full" />
      </div>
    </PageLayout>
  );
}
