// THIS FILE IS READ ONLY: sign-in depends on it. Change it only to add a sign-in provider.
import { convexAuth } from "@convex-dev/auth/server";
import { emailOtp } from "./auth/emailOtp";

export const { auth, signIn, signOut, store, isAuthenticated } = convexAuth({
  providers: [emailOtp],
});
