import { ErrorBoundary } from "@/components/ErrorBoundary";
import { RequireAuth, RequireBackend } from "@/components/Require";
import { Toaster } from "@/components/ui/sonner";
import { convex } from "@/lib/convex";
import Auth from "@/pages/Auth";
import Landing from "@/pages/Landing";
import NotFound from "@/pages/NotFound";
import Tasks from "@/pages/Tasks";
import { ConvexAuthProvider } from "@convex-dev/auth/react";
import { MotionConfig } from "framer-motion";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter, Route, Routes } from "react-router";
import "./index.css";

const app = (
  <BrowserRouter basename={import.meta.env.BASE_URL}>
    <Routes>
      <Route path="/" element={<Landing />} />
      <Route
        path="/auth"
        element={
          <RequireBackend>
            <Auth />
          </RequireBackend>
        }
      />
      <Route
        path="/tasks"
        element={
          <RequireAuth>
            <Tasks />
          </RequireAuth>
        }
      />
      <Route path="*" element={<NotFound />} />
    </Routes>
  </BrowserRouter>
);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MotionConfig reducedMotion="user">
      <ErrorBoundary>
        {convex ? <ConvexAuthProvider client={convex}>{app}</ConvexAuthProvider> : app}
      </ErrorBoundary>
    </MotionConfig>
    <Toaster />
  </StrictMode>,
);
