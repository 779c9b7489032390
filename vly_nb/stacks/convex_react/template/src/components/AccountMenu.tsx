import { Avatar, AvatarFallback, AvatarImage } from "@/components/ui/avatar";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Skeleton } from "@/components/ui/skeleton";
import { useAuth } from "@/hooks/use-auth";
import { ListTodoIcon, LogOutIcon } from "lucide-react";
import { Link, useNavigate } from "react-router";
import { toast } from "sonner";

/** The header's right end: who is signed in, or a way to sign in. Needs a backend. */
export function AccountMenu() {
  const { isLoading, isAuthenticated, user, signOut } = useAuth();
  const navigate = useNavigate();

  if (isLoading) {
    return <Skeleton className="size-10 rounded-full" />;
  }
  if (!isAuthenticated) {
    return (
      <Button asChild>
        <Link to="/auth">Sign in</Link>
      </Button>
    );
  }

  const name = user?.name ?? user?.email ?? "You";

  async function leave() {
    try {
      await signOut();
      await navigate("/");
    } catch {
      toast.error("Signing out didn't work. Please try again.");
    }
  }

  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label="Account"
        className="rounded-full outline-none focus-visible:ring-3 focus-visible:ring-ring/60"
      >
        <Avatar className="size-10">
          {user?.image ? <AvatarImage src={user.image} alt="" /> : null}
          <AvatarFallback>{name.slice(0, 1).toUpperCase()}</AvatarFallback>
        </Avatar>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="max-w-64">
        <DropdownMenuLabel className="truncate">{name}</DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link to="/tasks">
            <ListTodoIcon aria-hidden />
            Your tasks
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void leave()}>
          <LogOutIcon aria-hidden />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
