"""Exit codes, as the help of every command documents them."""

CLEAN = 0
FINDINGS = 1
INPUT = 2
INTERNAL = 3
INTERRUPTED = 130


def text(clean: str = "done", findings: str = "", failed: str = "") -> str:
    """The end of a command's help: what each of its codes means. Without `findings` it has no 1;
    `failed` says what else ends with 2."""
    more = f",\n       or {failed}" if failed else ""
    lines = [
        f"  0    {clean}",
        *([f"  1    {findings}"] if findings else []),
        f"  2    a file, image, setting or argument is wrong{more}",
        "  3    a bug in drydock, or a rule that crashed",
        "  130  interrupted",
    ]
    return "exit codes:\n" + "\n".join(lines)


OVERVIEW = text(
    "clean, or done", "found something at or above the threshold", "nothing was assessed"
)
