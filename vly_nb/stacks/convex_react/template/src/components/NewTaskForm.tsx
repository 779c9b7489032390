import type { Priority } from "@/components/PriorityBadge";
import { PrioritySelect } from "@/components/PrioritySelect";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { api } from "@/convex/_generated/api";
import { errorMessage } from "@/lib/utils";
import { useMutation } from "convex/react";
import { PlusIcon } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { toast } from "sonner";

export function NewTaskForm() {
  const create = useMutation(api.tasks.create);
  const [title, setTitle] = useState("");
  const [priority, setPriority] = useState<Priority>("normal");

  async function add(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const newTitle = title.trim();
    if (newTitle === "") {
      return;
    }
    setTitle("");
    try {
      await create({ title: newTitle, notes: "", priority });
    } catch (error) {
      setTitle(newTitle);
      toast.error(errorMessage(error));
    }
  }

  return (
    <form onSubmit={(event) => void add(event)} className="flex flex-wrap gap-2">
      <Label htmlFor="new-task" className="sr-only">
        New task
      </Label>
      <Input
        id="new-task"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        placeholder="What needs doing?"
        maxLength={200}
        autoComplete="off"
        className="basis-full sm:flex-1 sm:basis-0"
      />
      <PrioritySelect value={priority} onChange={setPriority} className="min-w-32 flex-1 sm:flex-none" />
      <Button type="submit">
        <PlusIcon aria-hidden />
        Add task
      </Button>
    </form>
  );
}
