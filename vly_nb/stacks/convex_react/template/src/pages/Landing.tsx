import { PageLayout } from "@/components/PageLayout";
import { SetupStrip } from "@/components/SetupNotice";
import { TaskPreview } from "@/components/TaskPreview";
import { Button } from "@/components/ui/button";
import { convex } from "@/lib/convex";
import { motion } from "framer-motion";
import { ArrowRightIcon, KeyRoundIcon, LockIcon, RefreshCwIcon, ZapIcon } from "lucide-react";
import { Link } from "react-router";

const hero = {
  headline: "Get it off your mind.",
  text: "One short list for the small things you'd otherwise forget, on every device you own.",
  callToAction: "Start your list",
};

const features = [
  {
    icon: ZapIcon,
    title: "Written down in seconds",
    text: "Type it, press Enter, carry on with your day.",
  },
  {
    icon: RefreshCwIcon,
    title: "The same list everywhere",
    text: "Tick something off on your phone, and it's gone from your laptop before you look up.",
  },
  {
    icon: KeyRoundIcon,
    title: "No password to remember",
    text: "A code comes by e-mail, and you're in.",
  },
  {
    icon: LockIcon,
    title: "For your eyes only",
    text: "Nobody else sees what's on your list.",
  },
];

const steps = [
  { title: "Enter your e-mail", text: "There's no form to fill in and no password to choose." },
  { title: "Type the code", text: "Six digits from your inbox. They work for fifteen minutes." },
  { title: "Write the first thing down", text: "You can mark it urgent, or leave it for someday." },
];

const closing = {
  headline: "What is the first thing on your mind?",
  callToAction: "Write it down",
};

export default function Landing() {
  return (
    <PageLayout>
      {convex ? null : <SetupStrip />}

      <section className="mx-auto grid max-w-6xl items-center gap-14 px-5 py-16 sm:px-8 md:grid-cols-[1.1fr_1fr] md:py-24">
        <motion.div
          initial={{ opacity: 0, y: 12 }}
          animate={{ opacity: 1, y: 0 }}
          transition={{ duration: 0.4, ease: "easeOut" }}
        >
          <h1 className="text-5xl leading-[1.02] font-extrabold tracking-tight sm:text-6xl lg:text-7xl">
            {hero.headline}
          </h1>
          <p className="mt-6 max-w-md text-lg text-muted-foreground sm:text-xl">{hero.text}</p>
          <div className="mt-9 flex flex-wrap gap-3">
            <Button asChild size="lg">
              <Link to="/tasks">
                {hero.callToAction}
                <ArrowRightIcon aria-hidden />
              </Link>
            </Button>
            <Button asChild size="lg" variant="ghost">
              <a href="#how-it-works">How it works</a>
            </Button>
          </div>
        </motion.div>
        <motion.div
          initial={{ opacity: 0, y: 20 }}
          animate={{ opacity: 1, y: 0 }}
          transition={{ duration: 0.5, delay: 0.1, ease: "easeOut" }}
        >
          <TaskPreview />
        </motion.div>
      </section>

      <section id="features" className="border-t">
        <div className="mx-auto grid max-w-6xl gap-10 px-5 py-16 sm:px-8 md:grid-cols-[1fr_1.6fr] md:py-24">
          <h2 className="self-start text-4xl font-bold tracking-tight md:sticky md:top-28">
            Small on purpose
          </h2>
          <ul className="divide-y">
            {features.map((feature) => (
              <li key={feature.title} className="flex gap-5 py-6 first:pt-0 last:pb-0">
                <feature.icon className="mt-1 size-6 shrink-0 text-primary" aria-hidden />
                <div>
                  <h3 className="text-xl font-semibold">{feature.title}</h3>
                  <p className="mt-1 text-muted-foreground">{feature.text}</p>
                </div>
              </li>
            ))}
          </ul>
        </div>
      </section>

      <section id="how-it-works" className="bg-secondary text-secondary-foreground">
        <div className="mx-auto max-w-6xl px-5 py-16 sm:px-8 md:py-24">
          <h2 className="text-4xl font-bold tracking-tight">A minute from here to your list</h2>
          <ol className="mt-10 grid gap-8 md:grid-cols-3">
            {steps.map((step, index) => (
              <li key={step.title}>
                <span
                  aria-hidden
                  className="flex size-11 items-center justify-center rounded-full bg-primary font-display text-xl font-bold text-primary-foreground"
                >
                  {index + 1}
                </span>
                <h3 className="mt-4 text-xl font-semibold">{step.title}</h3>
                <p className="mt-1">{step.text}</p>
              </li>
            ))}
          </ol>
        </div>
      </section>

      <section className="mx-auto max-w-6xl px-5 py-16 sm:px-8 md:py-24">
        <div className="flex flex-col items-start gap-8 rounded-xl bg-primary px-6 py-12 text-primary-foreground sm:px-12 md:flex-row md:items-center md:justify-between md:py-16 dark:bg-secondary dark:text-secondary-foreground">
          <h2 className="max-w-lg text-4xl font-bold tracking-tight sm:text-5xl">
            {closing.headline}
          </h2>
          <Button asChild size="lg" variant="highlight">
            <Link to="/tasks">
              {closing.callToAction}
              <ArrowRightIcon aria-hidden />
            </Link>
          </Button>
        </div>
      </section>
    </PageLayout>
  );
}
