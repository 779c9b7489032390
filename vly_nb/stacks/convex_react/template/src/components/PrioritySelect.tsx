import { priorities, type Priority } from "@/components/PriorityBadge";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";

interface Props {
  id?: string;
  value: Priority;
  onChange: (priority: Priority) => void;
  className?: string;
}

export function PrioritySelect({ id, value, onChange, className }: Props) {
  return (
    <Select value={value} onValueChange={(next) => onChange(next as Priority)}>
      <SelectTrigger id={id} aria-label="Priority" className={className}>
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {priorities.map((priority) => (
          <SelectItem key={priority.value} value={priority.value}>
            {priority.label}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
