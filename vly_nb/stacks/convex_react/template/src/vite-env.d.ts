/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** The address of the Convex deployment. Not set until there is one. */
  readonly VITE_CONVEX_URL?: string;
}
