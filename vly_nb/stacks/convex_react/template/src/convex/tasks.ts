import { getAuthUserId } from "@convex-dev/auth/server";
import { ConvexError, v } from "convex/values";
import type { Doc, Id } from "./_generated/dataModel";
import { mutation, query, type MutationCtx } from "./_generated/server";
import { priorityValidator } from "./schema";
import { exampleTasks } from "./seed";
import { requireUserId } from "./users";

const MAX_OPEN = 200;
const MAX_DONE = 50;
const MAX_TITLE = 200;
const MAX_NOTES = 2000;

function cleanTitle(title: string): string {
  const cleaned = title.trim();
  if (cleaned === "" || cleaned.length > MAX_TITLE) {
    throw new ConvexError(`A title needs 1 to ${MAX_TITLE} characters.`);
  }
  return cleaned;
}

function cleanNotes(notes: string): string {
  const cleaned = notes.trim();
  if (cleaned.length > MAX_NOTES) {
    throw new ConvexError(`Notes can have up to ${MAX_NOTES} characters.`);
  }
  return cleaned;
}

/** Refuses a task that isn't there or belongs to someone else. */
async function requireOwnTask(
  ctx: MutationCtx,
  userId: Id<"users">,
  taskId: Id<"tasks">,
): Promise<Doc<"tasks">> {
  const task = await ctx.db.get("tasks", taskId);
  if (task === null || task.userId !== userId) {
    throw new ConvexError("That task is no longer there.");
  }
  return task;
}

/** The signed-in person's tasks, newest first, or null when nobody is signed in. */
export const list = query({
  args: {},
  handler: async (ctx): Promise<{ open: Doc<"tasks">[]; done: Doc<"tasks">[] } | null> => {
    const userId = await getAuthUserId(ctx);
    if (userId === null) {
      return null;
    }
    const [open, done] = await Promise.all([
      ctx.db
        .query("tasks")
        .withIndex("by_userId_and_isDone", (q) => q.eq("userId", userId).eq("isDone", false))
        .order("desc")
        .take(MAX_OPEN),
      ctx.db
        .query("tasks")
        .withIndex("by_userId_and_isDone", (q) => q.eq("userId", userId).eq("isDone", true))
        .order("desc")
        .take(MAX_DONE),
    ]);
    return { open, done };
  },
});

export const create = mutation({
  args: {
    title: v.string(),
    notes: v.string(),
    priority: priorityValidator,
  },
  handler: async (ctx, args): Promise<Id<"tasks">> => {
    const userId = await requireUserId(ctx);
    return await ctx.db.insert("tasks", {
      userId,
      title: cleanTitle(args.title),
      notes: cleanNotes(args.notes),
      priority: args.priority,
      isDone: false,
    });
  },
});

export const update = mutation({
  args: {
    taskId: v.id("tasks"),
    title: v.string(),
    notes: v.string(),
    priority: priorityValidator,
  },
  handler: async (ctx, args): Promise<null> => {
    const userId = await requireUserId(ctx);
    const task = await requireOwnTask(ctx, userId, args.taskId);
    await ctx.db.patch("tasks", task._id, {
      title: cleanTitle(args.title),
      notes: cleanNotes(args.notes),
      priority: args.priority,
    });
    return null;
  },
});

export const setDone = mutation({
  args: {
    taskId: v.id("tasks"),
    isDone: v.boolean(),
  },
  handler: async (ctx, args): Promise<null> => {
    const userId = await requireUserId(ctx);
    const task = await requireOwnTask(ctx, userId, args.taskId);
    await ctx.db.patch("tasks", task._id, { isDone: args.isDone });
    return null;
  },
});

export const remove = mutation({
  args: {
    taskId: v.id("tasks"),
  },
  handler: async (ctx, args): Promise<null> => {
    const userId = await requireUserId(ctx);
    const task = await requireOwnTask(ctx, userId, args.taskId);
    await ctx.db.delete("tasks", task._id);
    return null;
  },
});

/** Deletes the finished tasks that the list shows. */
export const removeDone = mutation({
  args: {},
  handler: async (ctx): Promise<null> => {
    const userId = await requireUserId(ctx);
    const done = await ctx.db
      .query("tasks")
      .withIndex("by_userId_and_isDone", (q) => q.eq("userId", userId).eq("isDone", true))
      .order("desc")
      .take(MAX_DONE);
    await Promise.all(done.map((task) => ctx.db.delete("tasks", task._id)));
    return null;
  },
});

/** Gives someone with an empty list something to look at. */
export const addExamples = mutation({
  args: {},
  handler: async (ctx): Promise<null> => {
    const userId = await requireUserId(ctx);
    const first = await ctx.db
      .query("tasks")
      .withIndex("by_userId_and_isDone", (q) => q.eq("userId", userId))
      .first();
    if (first === null) {
      await Promise.all(
        exampleTasks.map((task) => ctx.db.insert("tasks", { ...task, userId })),
      );
    }
    return null;
  },
});
