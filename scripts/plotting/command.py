"""The command line that the plot scripts share."""
import argparse
import gc
import pathlib
import sys

from plotting import inputs, look


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n")


def picture(path):
    if pathlib.Path(path).suffix.lower() not in (".png", ".svg"):
        raise argparse.ArgumentTypeError(f"{path} should end in .png or .svg")
    return path


def between(least, most, kind=int):
    def check(text):
        try:
            value = kind(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is no number from {least} to {most}")
        return value
    return check


def parser(what, files):
    p = Parser(description=what, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("files", nargs="+", metavar="FILE", help=files)
    p.add_argument("-o", "--output", required=True, type=picture, metavar="FILE", help="the picture, .png or .svg")
    p.add_argument("--title", help="what stands above it")
    p.add_argument("--width", type=between(500, 10000), default=1000, metavar="PIXELS", help="of the picture (1000)")
    p.add_argument("--height", type=between(150, 20000), metavar="PIXELS", help="of the picture (as its content needs)")
    p.add_argument("--scale", type=between(0.5, 8, float), default=1, metavar="FACTOR",
                   help="dots per pixel of a .png: 2 for sharp screens (1)")
    return p


def run(parser_of_script, draw, read=inputs.read):
    """draw(arguments, *read(files)) returns the canvas; by default of reports and samples. Ends the program."""
    arguments = parser_of_script.parse_args()
    name = parser_of_script.prog
    gc.disable()  # rows by the million, and no cycles among them
    try:
        look.prepare()
        canvas = draw(arguments, *read(arguments.files))
    except inputs.Unusable as problem:
        sys.exit(say(name, problem, 2))
    except MemoryError:
        sys.exit(say(name, "there is not enough memory for that many samples", 2))
    try:
        canvas.save(arguments.output, arguments.scale)
    except OSError as problem:
        sys.exit(say(name, f"{arguments.output} cannot be written: {problem.strerror}", 1))
    sys.exit(0)


def say(name, problem, status):
    print(f"{name}: {problem}", file=sys.stderr)
    return status
