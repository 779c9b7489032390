import { Badge } from "@/components/ui/badge";
import type { Doc } from "@/convex/_generated/dataModel";

export type Priority = Doc<"tasks">["priority"];

export const priorities: { value: Priority; label: string }[] = [
  { value: "high", label: "Urgent" },
  { value: "normal", label: "Normal" },
  { value: "low", label: "Someday" },
];

/** Marks what isn't of normal priority. */
export function PriorityBadge({ priority }: { priority: Priority }) {
  switch (priority) {
    case "high":
      return <Badge variant="highlight">Urgent</Badge>;
    case "low":
      return <Badge variant="outline">Someday</Badge>;
    case "normal":
      return null;
  }
}
