import { clsx, type ClassValue } from "clsx";
import { ConvexError } from "convex/values";
import { twMerge } from "tailwind-merge";

/** Joins class names; of two Tailwind classes that clash the later one wins. */
export function cn(...inputs: ClassValue[]): string {
  return twMerge(clsx(inputs));
}

/** What to tell a person about an error: our own messages as they are, anything else in general words. */
export function errorMessage(
  error: unknown,
  fallback = "Something went wrong. Please try again.",
): string {
  return error instanceof ConvexError && typeof error.data === "string" ? error.data : fallback;
}
