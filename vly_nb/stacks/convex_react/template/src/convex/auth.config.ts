// THIS FILE IS READ ONLY: it tells Convex whose sign-in tokens to accept.
export default {
  providers: [
    {
      domain: process.env.CONVEX_SITE_URL,
      applicationID: "convex",
    },
  ],
};
