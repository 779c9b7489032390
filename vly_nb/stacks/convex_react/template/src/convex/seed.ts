import { v, type Infer } from "convex/values";
import { internalMutation } from "./_generated/server";
import type { priorityValidator } from "./schema";

const DEMO_EMAIL = "demo@example.com";

interface ExampleTask {
  title: string;
  notes: string;
  priority: Infer<typeof priorityValidator>;
  isDone: boolean;
}

export const exampleTasks: ExampleTask[] = [
  {
    title: "Call the plumber about the kitchen tap",
    notes: "Mornings are best. Ask what a new washer costs.",
    priority: "high",
    isDone: false,
  },
  {
    title: "Book train tickets for Saturday",
    notes: "Two seats at a table, before ten.",
    priority: "normal",
    isDone: false,
  },
  {
    title: "Return the library books",
    notes: "",
    priority: "normal",
    isDone: false,
  },
  {
    title: "Find a frame for the harbour print",
    notes: "30 × 40 cm, light wood.",
    priority: "low",
    isDone: false,
  },
  {
    title: "Send the photos to Grandma",
    notes: "",
    priority: "normal",
    isDone: true,
  },
];

/**
 * Sample data: npx convex run seed:run '{}'
 * Goes to the account with the given e-mail address, else to a demo account.
 * Does nothing when that account has tasks, so it can be run again.
 */
export const run = internalMutation({
  args: {
    email: v.optional(v.string()),
  },
  handler: async (ctx, args): Promise<string> => {
    const email = args.email ?? DEMO_EMAIL;
    const user = await ctx.db
      .query("users")
      .withIndex("email", (q) => q.eq("email", email))
      .first();
    const userId =
      user?._id ??
      (await ctx.db.insert("users", { email, emailVerificationTime: Date.now() }));

    const existing = await ctx.db
      .query("tasks")
      .withIndex("by_userId_and_isDone", (q) => q.eq("userId", userId))
      .first();
    if (existing !== null) {
      return `${email} has tasks already: nothing was added.`;
    }

    await Promise.all(exampleTasks.map((task) => ctx.db.insert("tasks", { ...task, userId })));
    return `Added ${exampleTasks.length} tasks for ${email}.`;
  },
});
