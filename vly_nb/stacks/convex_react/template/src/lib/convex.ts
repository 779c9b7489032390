import { ConvexReactClient } from "convex/react";

function connect(address: string | undefined): ConvexReactClient | null {
  return address && URL.canParse(address) ? new ConvexReactClient(address) : null;
}

/** The connection to the backend, or null as long as no address is set. */
export const convex = connect(import.meta.env.VITE_CONVEX_URL);
