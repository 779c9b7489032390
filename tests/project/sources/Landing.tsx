import { motion, type Variants } from "framer-motion";
import { ArrowRight, Check, Star } from "lucide-react";
import { Link, useNavigate } from "react-router";

import { Button } from "@/components/ui/button";
import { useAuth } from "@/hooks/use-auth";

const rise: Variants = {
  hidden: { opacity: 0, y: 24 },
  shown: { opacity: 1, y: 0, transition: { duration: 0.5 } },
};

const plans = [
  { name: "Solo", price: 0, points: ["One project", "Unlimited tasks"] },
  { name: "Team", price: 12, points: ["Ten projects", "Shared boards", "Priority help"] },
  { name: "Company", price: 49, points: ["Everything in “Team”", "Single sign-on"] },
];

const quotes = [
  { who: "Maria", text: "“It’s the first planner that my team didn’t abandon.”" },
  { who: "Tomasz", text: "“We shipped two weeks early, and nobody worked late.”" },
];

function Price({ amount }: { amount: number }) {
  return (
    <p className="mt-2 text-3xl font-semibold">
      {amount === 0 ? "Free" : `$${amount}`}
      <span className="text-sm text-muted-foreground"> / month</span>
    </p>
  );
}

export default function Landing() {
  const { isAuthenticated, isLoading } = useAuth();
  const navigate = useNavigate();

  const start = () => {
    if (isLoading) {
      return;
    }
    navigate(isAuthenticated ? "/dashboard" : "/auth");
  };

  return (
    <main className="min-h-screen bg-background text-foreground">
      <nav className="mx-auto flex max-w-6xl items-center justify-between px-4 py-6">
        <Link to="/" className="font-bold">
          Planner
        </Link>
        <Button variant="ghost" onClick={start}>
          {isAuthenticated ? "Dashboard" : "Sign in"}
        </Button>
      </nav>

      <motion.section variants={rise} initial="hidden" animate="shown" className="px-4 py-24">
        <h1 className="text-5xl font-bold tracking-tight">Plans that you’ll keep</h1>
        <p className="mt-4 max-w-xl text-muted-foreground">
          A planner for people who’d rather “just do it” than fill in forms.
        </p>
        <Button size="lg" className="mt-8" onClick={start}>
          Start now
          <ArrowRight className="ml-2 h-4 w-4" />
        </Button>
      </motion.section>

      <section className="mx-auto grid max-w-6xl gap-6 px-4 md:grid-cols-3">
        {plans.map((plan) => (
          <div key={plan.name} className="rounded-lg border p-6">
            <h2 className="text-xl font-medium">{plan.name}</h2>
            <Price amount={plan.price} />
            <ul className="mt-4 space-y-2">
              {plan.points.map((point) => (
                <li key={point} className="flex items-center gap-2">
                  <Check className="h-4 w-4 text-primary" />
                  {point}
                </li>
              ))}
            </ul>
          </div>
        ))}
      </section>

      <section className="mx-auto max-w-3xl px-4 py-24">
        {quotes.map((quote) => (
          <blockquote key={quote.who} className="mb-8">
            <Star className="h-5 w-5 text-primary" />
            <p className="mt-2 text-lg">{quote.text}</p>
            <cite className="text-sm text-muted-foreground">{quote.who}</cite>
          </blockquote>
        ))}
      </section>
    </main>
  );
}
