import { motion } from "framer-motion";
import { Loader2, Plus, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { toast } from "sonner";

import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";
import { useMutation, useQuery } from "convex/react";

type Filter = "all" | "open" | "done";

interface TaskBoardProps {
  projectId: Id<"projects">;
  compact?: boolean;
}

export default function TaskBoard({ projectId, compact = false }: TaskBoardProps) {
  const [title, setTitle] = useState("");
  const [filter, setFilter] = useState<Filter>("all");
  const [busy, setBusy] = useState(false);

  const open = useQuery(api.tasks.listOpen, { projectId });
  const done = useQuery(api.tasks.listDone, { projectId });
  const create = useMutation(api.tasks.create);
  const toggle = useMutation(api.tasks.toggle);

  const tasks = useMemo(() => {
    if (filter === "open") return open ?? [];
    if (filter === "done") return done ?? [];
    return [...(open ?? []), ...(done ?? [])];
  }, [filter, open, done]);

  const handleCreate = async (event: React.FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await create({ projectId, title });
      setTitle("");
      toast.success("Task added");
    } catch (error) {
      toast.error(error instanceof Error ? error.message : "That didn't work");
    } finally {
      setBusy(false);
    }
  };

  if (open === undefined || done === undefined) {
    return (
      <div className="flex h-40 items-center justify-center">
        <Loader2 className="h-6 w-6 animate-spin text-muted-foreground" />
      </div>
    );
  }

  return (
    <motion.div initial={{ opacity: 0 }} animate={{ opacity: 1 }} className="space-y-4">
      <Card>
        <CardHeader className={compact ? "p-3" : "p-6"}>
          <CardTitle className="text-lg tracking-tight">Tasks</CardTitle>
        </CardHeader>
        <CardContent>
          <form onSubmit={handleCreate} className="flex gap-2">
            <Input
              value={title}
              onChange={(event) => setTitle(event.target.value)}
              placeholder="What needs to be done?"
            />
            <Button type="submit" disabled={busy || title.trim() === ""}>
              <Plus className="mr-2 h-4 w-4" />
              Add
            </Button>
          </form>
          <Select value={filter} onValueChange={(value) => setFilter(value as Filter)}>
            <SelectTrigger className="w-40">
              <SelectValue placeholder="Show" />
            </SelectTrigger>
            <SelectContent>
              <SelectItem value="all">All tasks</SelectItem>
              <SelectItem value="open">Open</SelectItem>
              <SelectItem value="done">Done</SelectItem>
            </SelectContent>
          </Select>
          <ul className="mt-4 divide-y">
            {tasks.map((task) => (
              <li key={task._id} className="flex items-center justify-between py-2">
                <button
                  type="button"
                  className={task.done ? "line-through opacity-60" : ""}
                  onClick={() => toggle({ taskId: task._id })}
                >
                  {task.title}
                </button>
                <Trash2 className="h-4 w-4 text-muted-foreground" />
              </li>
            ))}
          </ul>
        </CardContent>
      </Card>
    </motion.div>
  );
}
