import { PageLayout } from "@/components/PageLayout";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardHeader } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { InputOTP, InputOTPGroup, InputOTPSlot } from "@/components/ui/input-otp";
import { Label } from "@/components/ui/label";
import { useAuth } from "@/hooks/use-auth";
import { errorMessage } from "@/lib/utils";
import { motion } from "framer-motion";
import { REGEXP_ONLY_DIGITS } from "input-otp";
import { ArrowRightIcon, LoaderCircleIcon } from "lucide-react";
import { useRef, useState, type SubmitEvent } from "react";
import { Navigate, useSearchParams } from "react-router";
import { toast } from "sonner";

const CODE_LENGTH = 6;

/** Where to go afterwards: a page of this app, never another site. */
function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/tasks";
}

export default function Auth() {
  const { isAuthenticated, signIn } = useAuth();
  const [params] = useSearchParams();
  const [email, setEmail] = useState("");
  const [code, setCode] = useState("");
  const [error, setError] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const codeForm = useRef<HTMLFormElement>(null);

  if (isAuthenticated) {
    return <Navigate to={safeNext(params.get("next"))} replace />;
  }

  async function sendCode(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const formData = new FormData(event.currentTarget);
    const address = String(formData.get("email"));
    setIsBusy(true);
    setError("");
    try {
      await signIn("email-otp", formData);
      setEmail(address);
      toast.success("Code sent");
    } catch (failure) {
      setError(errorMessage(failure, "The code couldn't be sent. Please try again."));
    } finally {
      setIsBusy(false);
    }
  }

  async function checkCode(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const formData = new FormData(event.currentTarget);
    setIsBusy(true);
    setError("");
    try {
      await signIn("email-otp", formData);
      toast.success("You're signed in");
    } catch {
      setCode("");
      setError("That code isn't right, or it has expired.");
    } finally {
      setIsBusy(false);
    }
  }

  function changeAddress() {
    setEmail("");
    setCode("");
    setError("");
  }

  const busyIcon = <LoaderCircleIcon className="animate-spin" aria-hidden />;
  const problem = (
    <p id="auth-error" role="alert" className="text-sm font-medium text-destructive empty:hidden">
      {error}
    </p>
  );

  return (
    <PageLayout title="Sign in">
      <motion.div
        initial={{ opacity: 0, y: 8 }}
        animate={{ opacity: 1, y: 0 }}
        transition={{ duration: 0.25 }}
        className="mx-auto max-w-md px-5 py-14 sm:py-24"
      >
        {email === "" ? (
          <Card key="email">
            <CardHeader>
              <h1 className="text-3xl font-bold">Sign in</h1>
              <CardDescription className="text-base">
                We'll e-mail you a code. New here? The same code makes your account.
              </CardDescription>
            </CardHeader>
            <CardContent>
              <form onSubmit={(event) => void sendCode(event)} className="grid gap-4">
                <div className="grid gap-2">
                  <Label htmlFor="email">E-mail address</Label>
                  <Input
                    id="email"
                    name="email"
                    type="email"
                    autoComplete="email"
                    placeholder="you@example.com"
                    aria-describedby="auth-error"
                    autoFocus
                    required
                  />
                </div>
                {problem}
                <Button type="submit" size="lg" disabled={isBusy}>
                  Send me a code
                  {isBusy ? busyIcon : <ArrowRightIcon aria-hidden />}
                </Button>
              </form>
            </CardContent>
          </Card>
        ) : (
          <Card key="code">
            <CardHeader>
              <h1 className="text-3xl font-bold">Check your e-mail</h1>
              <CardDescription className="text-base">
                We sent a {CODE_LENGTH}-digit code to{" "}
                <strong className="wrap-anywhere text-foreground">{email}</strong>.
              </CardDescription>
            </CardHeader>
            <CardContent>
              <form
                ref={codeForm}
                onSubmit={(event) => void checkCode(event)}
                className="grid gap-4"
              >
                <input type="hidden" name="email" value={email} />
                <div className="grid gap-2">
                  <Label htmlFor="code">Code</Label>
                  <InputOTP
                    id="code"
                    name="code"
                    value={code}
                    onChange={setCode}
                    maxLength={CODE_LENGTH}
                    pattern={REGEXP_ONLY_DIGITS}
                    autoComplete="one-time-code"
                    aria-describedby="auth-error"
                    onComplete={() => codeForm.current?.requestSubmit()}
                    autoFocus
                  >
                    <InputOTPGroup>
                      {Array.from({ length: CODE_LENGTH }, (_, index) => (
                        <InputOTPSlot key={index} index={index} />
                      ))}
                    </InputOTPGroup>
                  </InputOTP>
                </div>
                {problem}
                <Button type="submit" size="lg" disabled={isBusy}>
                  Sign in
                  {isBusy ? busyIcon : <ArrowRightIcon aria-hidden />}
                </Button>
                <Button type="button" variant="ghost" onClick={changeAddress}>
                  Use another address
                </Button>
              </form>
            </CardContent>
          </Card>
        )}
      </motion.div>
    </PageLayout>
  );
}
