"""What is said when a command is refused: one plain sentence, and the right way instead."""

BUILDS = "Builds aren't run here: use run_checks, which checks the types and the backend."
SERVERS = "No server is started from here: the person has the running app with `%vly preview`."
DEPLOYS = "Deploying is the person's: tell them it is ready, and let them run `npx convex deploy`."
PUBLISHES = "Publishing is the person's: tell them it is ready, and what to run."
KEYS = (
    "Keys and their values are never printed or set from here: say by name which one is needed, "
    "and the person fills it in with `%vly keys`."
)
SIGNING = "Sign-in keys are made by the person with `%vly keys jwt`, never from here."
TYPED = "What was typed on this machine isn't looked at: ask the person for what you need to know."
EDITS = (
    "Files are written with the str_replace_based_edit_tool, so that each change can be seen and undone; "
    "output to look at later may go to a file in /tmp."
)
HISTORY = (
    "This would lose or publish work: every step is kept as a version (read_versions), and the person goes "
    "back with `%vly undo` or `%vly goto N`."
)
COMMITS = "Committing is the person's, with `%vly commit`; every step is already kept as a version."
DESTROYS = "This would delete far more than a change needs: delete single files with delete_file."
BREAKS = "This would break the machine or open it to others: say what you need, and the person sees to it."
PROGRAMS = (
    "Programs that this command didn't start are left alone: name the one that is in the way, "
    "and the person ends it."
)
STRANGERS = (
    "Programs from the internet aren't run unread: packages come with `pnpm add`, "
    "anything else is for the person to run."
)
LEAVES = "Nothing is started from here that goes on by itself: run it now, or ask the person."
PRODUCTION = "The production deployment isn't touched from here: use the development one."
REPLACES = "This would replace the data in the database: the person does that with care, and not from here."
EMPTIES = "This would delete data from the database: the person does that with care, and not from here."
GUARD = "NODE_OPTIONS is set for the commands that run here: add to it instead of emptying it."
HIDDEN = "{} is secret: nothing reads it or writes to it. Names of keys are enough; ask for a missing one."
OUTSIDE = "{} is outside the project: use paths relative to the project's folder."
OWN = "{} is kept by git or by vly itself: use read_versions, or `git status|diff|log|show`."
