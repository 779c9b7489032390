import { PrioritySelect } from "@/components/PrioritySelect";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Textarea } from "@/components/ui/textarea";
import { api } from "@/convex/_generated/api";
import type { Doc } from "@/convex/_generated/dataModel";
import { errorMessage } from "@/lib/utils";
import { useMutation } from "convex/react";
import { useState, type SubmitEvent } from "react";
import { toast } from "sonner";

interface Props {
  task: Doc<"tasks">;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function EditTaskDialog({ task, open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Edit task</DialogTitle>
          <DialogDescription>Change the title, how urgent it is, or add a note.</DialogDescription>
        </DialogHeader>
        <EditTaskForm task={task} onSaved={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function EditTaskForm({ task, onSaved }: { task: Doc<"tasks">; onSaved: () => void }) {
  const update = useMutation(api.tasks.update);
  const [title, setTitle] = useState(task.title);
  const [notes, setNotes] = useState(task.notes);
  const [priority, setPriority] = useState(task.priority);

  async function save(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    try {
      await update({ taskId: task._id, title, notes, priority });
      toast.success("Saved");
      onSaved();
    } catch (error) {
      toast.error(errorMessage(error));
    }
  }

  return (
    <form onSubmit={(event) => void save(event)} className="grid gap-5">
      <div className="grid gap-2">
        <Label htmlFor="task-title">Title</Label>
        <Input
          id="task-title"
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          maxLength={200}
          required
        />
      </div>
      <div className="grid gap-2">
        <Label htmlFor="task-priority">Priority</Label>
        <PrioritySelect
          id="task-priority"
          value={priority}
          onChange={setPriority}
          className="w-full"
        />
      </div>
      <div className="grid gap-2">
        <Label htmlFor="task-notes">Notes</Label>
        <Textarea
          id="task-notes"
          value={notes}
          onChange={(event) => setNotes(event.target.value)}
          maxLength={2000}
        />
      </div>
      <DialogFooter>
        <DialogClose asChild>
          <Button type="button" variant="outline">
            Cancel
          </Button>
        </DialogClose>
        <Button type="submit">Save</Button>
      </DialogFooter>
    </form>
  );
}
