import { EmptyState } from "@/components/EmptyState";
import { NewTaskForm } from "@/components/NewTaskForm";
import { PageLayout } from "@/components/PageLayout";
import { TaskItem } from "@/components/TaskItem";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { api } from "@/convex/_generated/api";
import type { Doc } from "@/convex/_generated/dataModel";
import { errorMessage } from "@/lib/utils";
import { useMutation, useQuery } from "convex/react";
import { AnimatePresence, motion } from "framer-motion";
import { CheckCheckIcon, ListTodoIcon } from "lucide-react";
import type { ReactNode } from "react";
import { toast } from "sonner";

export default function Tasks() {
  const tasks = useQuery(api.tasks.list);

  return (
    <PageLayout title="Tasks">
      <motion.div
        initial={{ opacity: 0, y: 8 }}
        animate={{ opacity: 1, y: 0 }}
        transition={{ duration: 0.25 }}
        className="mx-auto max-w-2xl px-5 py-10 sm:py-14"
      >
        <h1 className="text-4xl font-bold">Tasks</h1>
        <p className="mt-1 mb-7 text-muted-foreground">{summary(tasks?.open)}</p>
        <NewTaskForm />
        {tasks ? <TaskLists open={tasks.open} done={tasks.done} /> : <LoadingList />}
      </motion.div>
    </PageLayout>
  );
}

function summary(open: Doc<"tasks">[] | undefined): string {
  if (open === undefined) {
    return "Fetching your list…";
  }
  switch (open.length) {
    case 0:
      return "Nothing is waiting for you.";
    case 1:
      return "One thing is waiting for you.";
    default:
      return `${open.length} things are waiting for you.`;
  }
}

function LoadingList() {
  return (
    <div className="mt-8 space-y-3" aria-busy="true">
      <Skeleton className="h-10 w-44" />
      <Skeleton className="h-48 w-full rounded-xl" />
    </div>
  );
}

function TaskLists({ open, done }: { open: Doc<"tasks">[]; done: Doc<"tasks">[] }) {
  const removeDone = useMutation(api.tasks.removeDone);
  const addExamples = useMutation(api.tasks.addExamples);

  async function run(work: Promise<unknown>, message: string) {
    try {
      await work;
      toast.success(message);
    } catch (error) {
      toast.error(errorMessage(error));
    }
  }

  return (
    <Tabs defaultValue="open" className="mt-8">
      <TabsList>
        <TabsTrigger value="open">To do</TabsTrigger>
        <TabsTrigger value="done">Done</TabsTrigger>
      </TabsList>
      <TabsContent value="open">
        <TaskList tasks={open}>
          <EmptyState
            icon={ListTodoIcon}
            title="Your list is empty"
            description="Write down the first thing that comes to mind, or start with a few examples."
          >
            {done.length === 0 ? (
              <Button
                variant="outline"
                onClick={() => void run(addExamples({}), "Examples added")}
              >
                Add examples
              </Button>
            ) : null}
          </EmptyState>
        </TaskList>
      </TabsContent>
      <TabsContent value="done">
        <TaskList tasks={done}>
          <EmptyState
            icon={CheckCheckIcon}
            title="Nothing done yet"
            description="What you tick off is kept here until you clear it."
          />
        </TaskList>
        {done.length > 0 ? (
          <Button
            variant="ghost"
            className="mt-3"
            onClick={() => void run(removeDone({}), "Cleared")}
          >
            Clear what's done
          </Button>
        ) : null}
      </TabsContent>
    </Tabs>
  );
}

function TaskList({ tasks, children }: { tasks: Doc<"tasks">[]; children: ReactNode }) {
  return (
    <Card className="overflow-hidden py-0">
      {tasks.length === 0 ? (
        children
      ) : (
        <ul>
          <AnimatePresence initial={false} mode="popLayout">
            {tasks.map((task) => (
              <TaskItem key={task._id} task={task} />
            ))}
          </AnimatePresence>
        </ul>
      )}
    </Card>
  );
}
