import { getAuthUserId } from "@convex-dev/auth/server";
import { paginationOptsValidator } from "convex/server";
import { v } from "convex/values";

import { internal } from "./_generated/api";
import { internalMutation, mutation, query } from "./_generated/server";

const BATCH = 100;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The signed-in person's open tasks, newest first. */
export const listOpen = query({
  args: { projectId: v.id("projects") },
  handler: async (ctx, args) => {
    const userId = await getAuthUserId(ctx);
    if (!userId) {
      return [];
    }
    return await ctx.db
      .query("tasks")
      .withIndex("by_project_and_done", (q) => q.eq("projectId", args.projectId).eq("done", false))
      .order("desc")
      .take(BATCH);
  },
});

/** The signed-in person's finished tasks, newest first. */
export const listDone = query({
  args: { projectId: v.id("projects") },
  handler: async (ctx, args) => {
    const userId = await getAuthUserId(ctx);
    if (!userId) {
      return [];
    }
    return await ctx.db
      .query("tasks")
      .withIndex("by_project_and_done", (q) => q.eq("projectId", args.projectId).eq("done", true))
      .order("desc")
      .take(BATCH);
  },
});

export const page = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, args) => {
    return await ctx.db.query("tasks").order("desc").paginate(args.paginationOpts);
  },
});

export const create = mutation({
  args: {
    projectId: v.id("projects"),
    title: v.string(),
    due: v.optional(v.number()),
  },
  handler: async (ctx, args) => {
    const userId = await getAuthUserId(ctx);
    if (!userId) {
      throw new Error("Please sign in first");
    }
    const title = args.title.trim();
    if (title.length === 0) {
      throw new Error("A task needs a title");
    }
    const taskId = await ctx.db.insert("tasks", {
      projectId: args.projectId,
      title,
      due: args.due,
      done: false,
      ownerId: userId,
    });
    await ctx.scheduler.runAfter(0, internal.activity.record, {
      kind: "task created",
      taskId,
    });
    return taskId;
  },
});

export const toggle = mutation({
  args: { taskId: v.id("tasks") },
  handler: async (ctx, args) => {
    const task = await ctx.db.get(args.taskId);
    if (task === null) {
      throw new Error(`There is no task ${args.taskId}`);
    }
    await ctx.db.patch(args.taskId, { done: !task.done });
  },
});

export const sweep = internalMutation({
  args: {},
  handler: async (ctx) => {
    const before = Date.now() - 30 * DAY_MS;
    const old = await ctx.db
      .query("tasks")
      .withIndex("by_done", (q) => q.eq("done", true).lt("_creationTime", before))
      .take(BATCH);
    for (const task of old) {
      await ctx.db.delete(task._id);
    }
    if (old.length === BATCH) {
      await ctx.scheduler.runAfter(0, internal.tasks.sweep, {});
    }
  },
});
