import { Badge } from "@/components/ui/badge";
import { Checkbox } from "@/components/ui/checkbox";
import { cn } from "@/lib/utils";
import { motion } from "framer-motion";
import { useState } from "react";

const sample = [
  { title: "Call the plumber", isUrgent: true },
  { title: "Book train tickets", isUrgent: false },
  { title: "Return the library books", isUrgent: false },
  { title: "Frame the harbour print", isUrgent: false },
];

/** A list to try out on the landing page. Nothing in it is saved. */
export function TaskPreview() {
  const [done, setDone] = useState(["Book train tickets"]);
  const left = sample.length - done.length;

  function toggle(title: string) {
    setDone((before) =>
      before.includes(title) ? before.filter((other) => other !== title) : [...before, title],
    );
  }

  return (
    <div className="relative mx-auto w-full max-w-md">
      <div
        aria-hidden
        className="absolute inset-0 translate-x-3 translate-y-4 rotate-3 rounded-xl bg-highlight"
      />
      <div className="relative rounded-xl border bg-card text-card-foreground shadow-lg">
        <div className="flex items-baseline justify-between border-b px-5 py-4">
          <h2 className="text-lg font-semibold">Today</h2>
          <p className="text-sm text-muted-foreground" aria-live="polite">
            {left === 0 ? "All done" : `${left} to go`}
          </p>
        </div>
        <ul>
          {sample.map((task) => {
            const isDone = done.includes(task.title);
            return (
              <li key={task.title} className="border-b last:border-b-0">
                <label className="flex cursor-pointer items-center gap-3.5 px-5 py-4">
                  <Checkbox checked={isDone} onCheckedChange={() => toggle(task.title)} />
                  <span className="relative">
                    <span
                      className={cn("transition-colors", isDone && "text-muted-foreground")}
                    >
                      {task.title}
                    </span>
                    <motion.span
                      aria-hidden
                      className="absolute top-1/2 left-0 h-0.5 w-full origin-left rounded-full bg-current text-muted-foreground"
                      initial={false}
                      animate={{ scaleX: isDone ? 1 : 0 }}
                      transition={{ duration: 0.25, ease: "easeOut" }}
                    />
                  </span>
                  {task.isUrgent && !isDone ? (
                    <Badge variant="highlight" className="ml-auto">
                      Urgent
                    </Badge>
                  ) : null}
                </label>
              </li>
            );
          })}
        </ul>
        <div className="h-1.5 overflow-hidden rounded-b-xl bg-secondary" aria-hidden>
          <motion.div
            className="h-full origin-left bg-primary"
            initial={false}
            animate={{ scaleX: done.length / sample.length }}
            transition={{ duration: 0.3, ease: "easeOut" }}
          />
        </div>
      </div>
    </div>
  );
}
