import { EditTaskDialog } from "@/components/EditTaskDialog";
import { PriorityBadge } from "@/components/PriorityBadge";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { api } from "@/convex/_generated/api";
import type { Doc } from "@/convex/_generated/dataModel";
import { cn, errorMessage } from "@/lib/utils";
import { useMutation } from "convex/react";
import { motion } from "framer-motion";
import { EllipsisIcon, PencilIcon, Trash2Icon } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";

export function TaskItem({ task }: { task: Doc<"tasks"> }) {
  const setDone = useMutation(api.tasks.setDone);
  const create = useMutation(api.tasks.create);
  const remove = useMutation(api.tasks.remove);
  const [isEditing, setIsEditing] = useState(false);

  async function attempt(work: Promise<unknown>) {
    try {
      await work;
      return true;
    } catch (error) {
      toast.error(errorMessage(error));
      return false;
    }
  }

  async function restore() {
    const { title, notes, priority, isDone } = task;
    const taskId = await create({ title, notes, priority });
    if (isDone) {
      await setDone({ taskId, isDone });
    }
  }

  async function deleteTask() {
    if (await attempt(remove({ taskId: task._id }))) {
      toast("Task deleted", {
        action: { label: "Undo", onClick: () => void attempt(restore()) },
      });
    }
  }

  return (
    <motion.li
      layout="position"
      initial={{ opacity: 0, y: -6 }}
      animate={{ opacity: 1, y: 0 }}
      exit={{ opacity: 0, x: 16 }}
      transition={{ duration: 0.2 }}
      className="flex items-start gap-3.5 border-b px-4 py-3 last:border-b-0 sm:px-5"
    >
      <Checkbox
        id={task._id}
        checked={task.isDone}
        onCheckedChange={() => void attempt(setDone({ taskId: task._id, isDone: !task.isDone }))}
        className="mt-2"
      />
      <div className="min-w-0 flex-1 py-1.5">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <label
            htmlFor={task._id}
            className={cn(
              "min-w-0 cursor-pointer wrap-anywhere",
              task.isDone && "text-muted-foreground line-through",
            )}
          >
            {task.title}
          </label>
          {task.isDone ? null : <PriorityBadge priority={task.priority} />}
        </div>
        {task.notes ? (
          <p className="mt-0.5 text-sm wrap-anywhere whitespace-pre-line text-muted-foreground">
            {task.notes}
          </p>
        ) : null}
      </div>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={`More for “${task.title}”`}>
            <EllipsisIcon aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <DropdownMenuItem onSelect={() => setIsEditing(true)}>
            <PencilIcon aria-hidden />
            Edit
          </DropdownMenuItem>
          <DropdownMenuItem variant="destructive" onSelect={() => void deleteTask()}>
            <Trash2Icon aria-hidden />
            Delete
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <EditTaskDialog task={task} open={isEditing} onOpenChange={setIsEditing} />
    </motion.li>
  );
}
