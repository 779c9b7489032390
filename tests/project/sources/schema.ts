import { authTables } from "@convex-dev/auth/server";
import { defineSchema, defineTable } from "convex/server";
import { type Infer, v } from "convex/values";

export const ROLES = {
  ADMIN: "admin",
  USER: "user",
  MEMBER: "member",
} as const;

export const roleValidator = v.union(
  v.literal(ROLES.ADMIN),
  v.literal(ROLES.USER),
  v.literal(ROLES.MEMBER),
);
export type Role = Infer<typeof roleValidator>;

const schema = defineSchema(
  {
    ...authTables,

    users: defineTable({
      name: v.optional(v.string()),
      image: v.optional(v.string()),
      email: v.optional(v.string()),
      emailVerificationTime: v.optional(v.number()),
      isAnonymous: v.optional(v.boolean()),
      role: v.optional(roleValidator),
    }).index("email", ["email"]),

    projects: defineTable({
      name: v.string(),
      ownerId: v.id("users"),
      colour: v.union(v.literal("red"), v.literal("green"), v.literal("blue")),
      archived: v.boolean(),
    })
      .index("by_owner", ["ownerId"])
      .index("by_owner_and_archived", ["ownerId", "archived"]),

    tasks: defineTable({
      projectId: v.id("projects"),
      ownerId: v.id("users"),
      title: v.string(),
      due: v.optional(v.number()),
      done: v.boolean(),
    })
      .index("by_done", ["done"])
      .index("by_project_and_done", ["projectId", "done"])
      .searchIndex("search_title", {
        searchField: "title",
        filterFields: ["projectId"],
      }),

    comments: defineTable({
      taskId: v.id("tasks"),
      authorId: v.id("users"),
      text: v.string(),
    }).index("by_task", ["taskId"]),

    activity: defineTable({
      kind: v.string(),
      taskId: v.optional(v.id("tasks")),
      at: v.number(),
    }).index("by_at", ["at"]),
  },
  {
    schemaValidation: false,
  },
);

export default schema;
