"""Print how long the longest functions, modules and template lines are, and fail where one goes beyond its bound."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ["accounts", "benchmarks", "chaos", "connect", "lib", "planradar", "tickets", "tokens", "webhooks"]
DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef)


def modules():
    for app in APPS:
        yield from (file for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts)


def functions():
    for file in modules():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, DEFINITION):
                yield node.end_lineno - node.lineno + 1, f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"


def sized(files):
    return ((lines(file), str(file.relative_to(ROOT))) for file in files)


def lines(file):
    return len(file.read_text().splitlines())


def template_lines():
    for file in (ROOT / "templates").rglob("*.*"):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            yield len(line), f"{file.relative_to(ROOT)}:{number}"


# The settings are one list, with the reason beside each that is not plain.
MEASURES = {
    "lines of a function": (40, functions),
    "lines of a module": (
        250,
        lambda: sized(file for file in modules() if file.name != "settings.py"),
    ),  # which is one list
    "lines of a template": (120, lambda: sized(ROOT.glob("templates/**/*.*"))),
    "columns of a template": (120, template_lines),
}


def main():
    """Print a line for each measure; return how many pieces are too long."""
    too_long = 0
    for name, (bound, measure) in MEASURES.items():
        sizes = sorted(measure(), reverse=True)
        print(f"Most {name}: {sizes[0][0]} of {bound}")
        for size, place in sizes:
            if size > bound:
                too_long += 1
                print(f"  {size}: {place}")
    return too_long


if __name__ == "__main__":
    sys.exit(min(main(), 1))
