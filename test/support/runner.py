"""What all end-to-end tests share: how an expectation fails, and a line for each test."""

import fnmatch
import traceback


class Skip(Exception):
    """Raised where a test cannot run on this machine."""


def expect(condition, text):
    if not condition:
        raise AssertionError(text)


def equal(got, expected, what):
    expect(got == expected, f"{what}: expected {expected!r}, got {got!r}")


def run_tests(label, functions, *arguments, pattern="*"):
    """Calls those of `functions` ((name, function) pairs) whose name begins with test_ and fits the pattern; prints "ok",
    "skip" with the reason or "FAIL" with the place for each. True where none failed."""
    passed = True
    for name, function in functions:
        if not name.startswith("test_") or not fnmatch.fnmatch(name, pattern):
            continue
        title = f"{label} {name[5:].replace('_', ' ')}"
        try:
            function(*arguments)
            print(f"ok {title}", flush=True)
        except Skip as reason:
            print(f"skip {title} ({reason})", flush=True)
        except Exception as error:  # whatever it is, the other tests go on
            passed = False
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"FAIL {title} ({type(error).__name__}: {error}) at line {where.lineno}", flush=True)
    return passed
