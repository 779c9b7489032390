import { Button } from "@/components/ui/button";
import { useTheme } from "@/hooks/use-theme";
import { MoonIcon, SunIcon } from "lucide-react";

export function ThemeToggle() {
  const { theme, setTheme } = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  const Icon = theme === "dark" ? SunIcon : MoonIcon;
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={`Switch to the ${other} theme`}
      onClick={() => setTheme(other)}
    >
      <Icon className="size-[1.15rem]" aria-hidden />
    </Button>
  );
}
