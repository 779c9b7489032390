import { authTables } from "@convex-dev/auth/server";
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export const priorityValidator = v.union(
  v.literal("low"),
  v.literal("normal"),
  v.literal("high"),
);

export default defineSchema({
  // The tables that sign-in needs: users, sessions and so on.
  ...authTables,

  tasks: defineTable({
    userId: v.id("users"),
    title: v.string(),
    notes: v.string(),
    priority: priorityValidator,
    isDone: v.boolean(),
  }).index("by_userId_and_isDone", ["userId", "isDone"]),
});
