"use node";

import { v } from "convex/values";

import { internal } from "./_generated/api";
import { action, internalAction } from "./_generated/server";

type Role = "system" | "user" | "assistant";

interface Message {
	role: Role;
	content: string;
}

const PROMPT = `You are the planner's helper.
Answer in one short paragraph.

  - never invent tasks
  - say "I don't know" when you don't
`;

const escapes: Record<string, string> = {
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
};

function escape(text: string): string {
	return text.replace(/[<>"]/g, (mark) => escapes[mark] ?? mark);
}

async function complete(messages: Message[], attempt = 0): Promise<string> {
	const response = await fetch("https://example.com/v1/chat", {
		method: "POST",
		headers: {
			"Content-Type": "application/json",
			Authorization: `Bearer ${process.env.ASSISTANT_KEY}`,
		},
		body: JSON.stringify({ model: "small", messages }),
	});
	if (response.status === 429 && attempt < 3) {
		await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
		return await complete(messages, attempt + 1);
	}
	if (!response.ok) {
		throw new Error(`The assistant answered ${response.status}`);
	}
	const data = (await response.json()) as { text?: string };
	return data.text ?? "";
}

export const ask = action({
	args: { taskId: v.id("tasks"), question: v.string() },
	handler: async (ctx, args): Promise<string> => {
		const task = await ctx.runQuery(internal.tasks.read, { taskId: args.taskId });
		if (!task) {
			throw new Error("That task is gone");
		}
		const answer = await complete([
			{ role: "system", content: PROMPT },
			{ role: "user", content: `${escape(task.title)}\n\n${escape(args.question)}` },
		]);
		await ctx.runMutation(internal.comments.add, {
			taskId: args.taskId,
			text: answer,
		});
		return answer;
	},
});

export const summarise = internalAction({
	args: { projectId: v.id("projects") },
	handler: async (ctx, args): Promise<string> => {
		const titles = await ctx.runQuery(internal.tasks.titles, { projectId: args.projectId });
		return await complete([
			{ role: "system", content: PROMPT },
			{ role: "user", content: titles.join("\n") },
		]);
	},
});
