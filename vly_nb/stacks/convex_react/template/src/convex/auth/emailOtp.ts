// THIS FILE IS READ ONLY: it sends the one-time codes that people sign in with.
import { Email } from "@convex-dev/auth/providers/Email";
import { ConvexError } from "convex/values";

const CODE_LENGTH = 6;
const MINUTES_VALID = 15;

/** A code of random digits. Bytes over 249 are thrown away, so that every digit is equally likely. */
function randomCode(): string {
  let code = "";
  while (code.length < CODE_LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(CODE_LENGTH * 2))) {
      if (byte < 250 && code.length < CODE_LENGTH) {
        code += byte % 10;
      }
    }
  }
  return code;
}

export const emailOtp = Email({
  id: "email-otp",
  maxAge: MINUTES_VALID * 60,

  async generateVerificationToken() {
    return randomCode();
  },

  async sendVerificationRequest({ identifier: email, token }) {
    // For development only: the code goes to the deployment's log, and no mail is sent.
    if (process.env.AUTH_LOG_CODES === "true") {
      console.info(`Sign-in code for ${email}: ${token}`);
      return;
    }

    const apiKey = process.env.AUTH_RESEND_KEY;
    const sender = process.env.AUTH_EMAIL_FROM;
    if (!apiKey || !sender) {
      throw new ConvexError(
        "E-mail isn't set up yet: the backend needs AUTH_RESEND_KEY and AUTH_EMAIL_FROM.",
      );
    }

    const appName = process.env.APP_NAME ?? "My app";
    const response = await fetch("https://api.resend.com/emails", {
      method: "POST",
      headers: {
        Authorization: `Bearer ${apiKey}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({
        from: sender,
        to: [email],
        subject: `${token} is your ${appName} code`,
        text: `Your code for ${appName} is ${token}\n\nIt works for ${MINUTES_VALID} minutes. If you didn't ask for it, you can ignore this e-mail.`,
      }),
    });
    if (!response.ok) {
      console.error(`The e-mail service answered ${response.status}.`);
      throw new ConvexError("The code couldn't be sent. Please try again in a minute.");
    }
  },
});
