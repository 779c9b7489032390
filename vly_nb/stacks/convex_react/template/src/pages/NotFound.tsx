import { PageLayout } from "@/components/PageLayout";
import { Button } from "@/components/ui/button";
import { motion } from "framer-motion";
import { Link } from "react-router";

export default function NotFound() {
  return (
    <PageLayout title="Page not found">
      <motion.div
        initial={{ opacity: 0, y: 8 }}
        animate={{ opacity: 1, y: 0 }}
        transition={{ duration: 0.25 }}
        className="mx-auto flex max-w-xl flex-col items-start gap-5 px-5 py-20 sm:py-28"
      >
        <p className="rounded-md bg-highlight px-3 py-1 font-display text-2xl font-bold text-highlight-foreground">
          404
        </p>
        <h1 className="text-4xl font-bold sm:text-5xl">There is no page here</h1>
        <p className="text-lg text-muted-foreground">
          The address may be mistyped, or the page has moved.
        </p>
        <Button asChild size="lg">
          <Link to="/">Go to the start page</Link>
        </Button>
      </motion.div>
    </PageLayout>
  );
}
