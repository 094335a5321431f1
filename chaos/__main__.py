"""`python -m chaos`: play the matrix of faults, print a line for each cell, and write docs/reliability.md."""

from __future__ import annotations

import argparse
import signal
import sys

from chaos import environment, report
from chaos.scenarios import CELLS
from chaos.services import missing

EVENTS = 2000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS, help=f"in each cell ({EVENTS})")
    parser.add_argument("--only", default="", help="play the cells with this in their name")
    options = parser.parse_args()
    if lacking := missing():
        sys.exit(f"Install first: {', '.join(lacking)}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    cells = [cell for cell in CELLS if options.only in cell.name]
    played, is_well = [], True
    with environment.prepared() as place:
        for cell in cells:
            result = place.play(cell, options.events)
            complaints = cell.complaints(result)
            print(result.line, *(f"! {complaint}" for complaint in complaints), sep="\n  ", flush=True)
            played.append((cell, result))
            is_well &= not complaints
    if cells == CELLS and options.events >= EVENTS:
        print(f"Written: {report.write(played, options.events, is_well=is_well).relative_to(environment.ROOT)}")
    sys.exit(not is_well)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Interrupted. Everything that was started has been ended.")
